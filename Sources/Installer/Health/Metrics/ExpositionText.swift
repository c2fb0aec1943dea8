// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// A page of Prometheus' text exposition format, version 0.0.4, read for the samples that one selector means. Strict: a page
/// with a line that is none of the format's is no page, so that half of one, or an error in HTML, is never taken for zero.
struct ExpositionText {
    /// What the selected samples add up to, and how many they are.
    struct Sum: Equatable, Sendable {
        var value: Double = 0
        var samples = 0
    }

    /// The first line that is not of the format, counted from 1.
    struct Fault: Error, Equatable {
        let line: Int
    }

    static func sum(of selector: SampleSelector, in page: some Sequence<UInt8>) throws(Fault) -> Sum {
        var sum = Sum()
        var number = 0
        for line in Array(page).split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            number += 1
            guard let sample = try sample(line, number) else { continue }
            guard selector.selects(name: sample.name, labels: sample.labels) else { continue }
            sum.value += sample.value
            sum.samples += 1
        }
        return sum
    }

    private struct Sample {
        var name: String
        var labels: [SampleSelector.Label]
        var value: Double
    }

    /// `name{labels} value [timestamp]`; nil for an empty line and for a comment.
    private static func sample(_ line: ArraySlice<UInt8>, _ number: Int) throws(Fault) -> Sample? {
        var rest = line
        SampleText.skipBlanks(&rest)
        guard let first = rest.first, first != UInt8(ascii: "#") else { return nil }
        guard let name = SampleText.name(&rest, colons: true) else { throw Fault(line: number) }
        SampleText.skipBlanks(&rest)
        var labels: [SampleSelector.Label] = []
        if rest.first == UInt8(ascii: "{") {
            guard let found = SampleText.labels(&rest, selecting: false) else { throw Fault(line: number) }
            labels = found
        }
        let words = rest.split { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "\t") || $0 == UInt8(ascii: "\r") }
        guard let text = words.first, words.count <= 2, let value = value(text) else { throw Fault(line: number) }
        if words.count == 2, Int64(String(decoding: words[1], as: UTF8.self)) == nil { throw Fault(line: number) }
        return Sample(name: name, labels: labels, value: value)
    }

    /// As Go's ParseFloat reads it: `1`, `1.5e+06`, `+Inf`, `NaN`.
    private static func value(_ bytes: ArraySlice<UInt8>) -> Double? {
        guard bytes.count <= 64 else { return nil }
        let text = String(decoding: bytes, as: UTF8.self)
        switch text.lowercased() {
        case "nan": return .nan
        case "inf", "+inf": return .infinity
        case "-inf": return -.infinity
        default:
            let digits = Set("0123456789+-.eE".utf8)
            return bytes.allSatisfy(digits.contains) ? Double(text) : nil
        }
    }
}
