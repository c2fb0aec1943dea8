// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
package import HostSystem

/// Lines that vouch for those before them (host-state §3): `HEX JSON`, where HEX is SHA-256 over the HEX of the line
/// before, a line feed, and this line's JSON; before the first line stand 64 zeros.
///
/// A line that a crash tore is never taken away: the next writer ends it and adds a line that says how many bytes are
/// void, with their own SHA-256. Anything else that does not fit is a break.
package struct ChainedText: Equatable, Sendable {
    /// The JSON of every whole line, in order, but those that void torn ones.
    package private(set) var documents: [[UInt8]] = []
    /// HEX of the last line.
    package private(set) var head: String = ChainedText.origin
    /// Bytes at the end that are no line: a crash in the middle of a write. 0 for a clean end.
    package private(set) var tornBytes: Int = 0
    /// Whether the last line is whole but for its line feed, which the next writer adds.
    package private(set) var lacksLineFeed = false
    /// How many torn lines were voided by later writers.
    package private(set) var voided: Int = 0
    /// Whole lines in order, those that void others too: the number of the line in the file, from 1, and its HEX.
    package private(set) var marks: [Mark] = []

    package struct Mark: Equatable, Sendable {
        package let line: Int
        package let head: Digest
    }

    /// Lines of the file up to the one whose HEX is `head`: what `head -n` takes.
    package var lines: Int { marks.last?.line ?? 0 }

    package static let origin = String(repeating: "0", count: 64)

    /// - Throws: `RecordError.chainBroken`.
    package init(_ bytes: [UInt8], path: HostPath) throws {
        var start = 0
        var line = 1
        while start < bytes.count {
            let end = bytes[start...].firstIndex(of: 0x0a) ?? bytes.endIndex
            if let document = ChainedText.document(bytes[start..<end], after: head) {
                documents.append(document)
                mark(line, bytes[start..<(start + 64)])
                start = end + 1
            } else if let next = voidLine(bytes, from: start) {
                line += bytes[start..<next.line].count { $0 == 0x0a }
                mark(line, bytes[next.line..<(next.line + 64)])
                voided += 1
                start = next.end
            } else {
                guard isTear(bytes[start...]) else { throw RecordError.chainBroken(path: path, line: line) }
                tornBytes = bytes.count - start
                return
            }
            line += 1
        }
        lacksLineFeed = bytes.last.map { $0 != 0x0a } ?? false
    }

    private mutating func mark(_ line: Int, _ hex: ArraySlice<UInt8>) {
        head = String(decoding: hex, as: UTF8.self)
        if let digest = Digest(hex: head) { marks.append(Mark(line: line, head: digest)) }
    }

    /// The line that continues the chain, line feed included.
    static func line(_ json: [UInt8], after head: String) -> (text: [UInt8], head: String) {
        let next = Digest.ofBytes(Array(head.utf8) + [0x0a] + json).hex
        return (Array(next.utf8) + [0x20] + json + [0x0a], next)
    }

    private static func document(_ line: ArraySlice<UInt8>, after head: String) -> [UInt8]? {
        guard line.count > 65 else { return nil }
        let json = Array(line.dropFirst(65))
        return ChainedText.line(json, after: head).text.dropLast().elementsEqual(line) ? json : nil
    }

    /// A tear is at the end and within one line; or the line that was to void it is torn in its turn. More than that was
    /// done by someone.
    private func isTear(_ tail: ArraySlice<UInt8>) -> Bool {
        var hasher = SHA256Hasher()
        var start = tail.startIndex
        for number in 0..<ChainedText.tornLines {
            let feed = tail[start...].firstIndex(of: 0x0a)
            let line = tail[start..<(feed ?? tail.endIndex)]
            if number > 0 {
                let void = ChainedText.voidLine(hasher.finalize(), start - tail.startIndex, after: head).text
                guard !line.isEmpty, void.starts(with: line) else { return false }
            }
            guard let feed, feed + 1 < tail.endIndex else { return true }
            tail[start...feed].withUnsafeBytes { hasher.update($0) }
            start = feed + 1
        }
        return false
    }

    /// Crashes in one place, each while the one before was being voided; a file of line feeds must not be worth more work.
    private static let tornLines = 64

    /// The line that voids these bytes, which end in a line feed.
    static func voidLine(for torn: [UInt8], after head: String) -> (text: [UInt8], head: String) {
        voidLine(Digest.ofBytes(torn), torn.count, after: head)
    }

    private static func voidLine(_ torn: Digest, _ count: Int, after head: String) -> (text: [UInt8], head: String) {
        line(voidDocument(torn, count), after: head)
    }

    private static func voidDocument(_ torn: Digest, _ count: Int) -> [UInt8] {
        Array(#"{"sha256":"\#(torn)","void":\#(count)}"#.utf8)
    }

    /// Looks behind a torn line for the line that voids exactly these bytes. Each byte is hashed once: a break early in a
    /// long log must not cost its square.
    private func voidLine(_ bytes: [UInt8], from start: Int) -> (line: Int, end: Int)? {
        var hasher = SHA256Hasher()
        var hashed = start
        var place = start
        while let feed = bytes[place...].firstIndex(of: 0x0a) {
            place = feed + 1
            let end = bytes[place...].firstIndex(of: 0x0a) ?? bytes.endIndex
            let json = bytes[place..<end].dropFirst(65)
            guard json.starts(with: #"{"sha256":"#.utf8) else { continue }
            bytes[hashed..<place].withUnsafeBytes { hasher.update($0) }
            hashed = place
            let void = ChainedText.voidDocument(hasher.finalize(), place - start)
            guard json.elementsEqual(void) else { continue }
            if ChainedText.line(void, after: head).text.dropLast().elementsEqual(bytes[place..<end]) {
                return (place, end + 1)
            }
        }
        return nil
    }
}
