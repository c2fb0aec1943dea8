// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression

/// Takes a child's words apart, believing none: no more than was asked for gets through, whatever it says.
struct AnswerReader {
    private enum Part {
        case length
        case bytes(left: Int)
        case verdict
    }

    private let sink: any ByteSink
    private var bytesLeft: Int64
    private var part = Part.length
    /// What came of a length or a verdict.
    private var pieces: [UInt8] = []
    private(set) var verdict: Verdict?

    init(_ sink: any ByteSink, limit: Int64) {
        self.sink = sink
        bytesLeft = limit
    }

    /// - Throws: `DecoderFault.disobeyed`; what the sink throws.
    mutating func take(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            guard verdict == nil else { throw DecoderFault.disobeyed }
            switch part {
            case .length:
                guard let whole = gather(&rest, MemoryLayout<UInt32>.size) else { return }
                let length = Int(WireNumbers.number(whole, as: UInt32.self))
                guard Int64(length) <= bytesLeft else { throw DecoderFault.disobeyed }
                bytesLeft -= Int64(length)
                part = length == 0 ? .verdict : .bytes(left: length)
            case .bytes(let left):
                let count = min(left, rest.count)
                try sink.write(UnsafeRawBufferPointer(rebasing: rest[..<count]))
                rest = UnsafeRawBufferPointer(rebasing: rest[count...])
                part = left == count ? .length : .bytes(left: left - count)
            case .verdict:
                guard let whole = gather(&rest, Verdict.size) else { return }
                guard let said = Verdict(whole) else { throw DecoderFault.disobeyed }
                verdict = said
            }
        }
    }

    /// How many of the bytes asked for did not come.
    var missing: Int64 { bytesLeft }

    private mutating func gather(_ rest: inout UnsafeRawBufferPointer, _ count: Int) -> [UInt8]? {
        let more = min(count - pieces.count, rest.count)
        pieces += rest[..<more]
        rest = UnsafeRawBufferPointer(rebasing: rest[more...])
        guard pieces.count == count else { return nil }
        defer { pieces = [] }
        return pieces
    }
}
