// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import TestSupport

/// packs.index, signed by the right key, with one line wrong (format §9).
enum PackIndexFaults {
    static func vectors() throws -> [Vector] { try spellings() + numbers() + agreement() }

    private static func lines(
        _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String,
        _ change: @escaping (inout [[UInt8]]) -> Void
    ) throws -> Vector {
        try Sample.made("index-" + name, expected, rows, about) { $0.changePackIndex = { change(&$0.textLines) } }
    }

    /// The words of one line; the index of the sample has two packs and three contents.
    private static func words(
        _ name: String, _ rows: [Int], _ about: String, line: Int, _ change: @escaping (inout [String]) -> Void
    ) throws -> Vector {
        try lines(name, .line, rows, about) { lines in
            var words = String(decoding: lines[line], as: UTF8.self).split(separator: " ").map(String.init)
            change(&words)
            lines[line] = Array(words.joined(separator: " ").utf8)
        }
    }

    private static func spellings() throws -> [Vector] {
        [
            try lines("version", .line, [15], "The format is `bundle-packs/2`.") {
                $0[0] = Array("bundle-packs/2".utf8)
            },
            try lines("empty", .line, [3], "packs.index is empty.") { $0 = [] },
            try lines("keyword", .line, [18], "A line with a keyword that is not known.") {
                $0.insert(Array("pick \(Digest.ofBytes([]).hex) raw 1 1".utf8), at: 1)
            },
            try words("codec", [31], "A codec that is not known: no other decoder is ever called.", line: 1) {
                $0[2] = "lzip"
            },
            try words("fifth", [18], "A pack's line with a word too many.", line: 1) { $0.append("1") },
            try words("short", [18], "A pack's line with a word too few.", line: 1) { $0.removeLast() },
            try words("capitals", [18], "A pack's digest in capitals.", line: 1) { $0[1] = $0[1].uppercased() },
            try lines("two-spaces", .line, [18], "Two spaces between two words.") { $0[1].insert(32, at: 4) },
            try lines("cr", .line, [18], "A line that ends in CR LF.") { $0[1].append(13) },
            try lines("order", .line, [28], "Two contents have changed places.") { $0.swapAt(3, 4) },
            try lines("twice", .line, [28], "A content is there twice.") { $0.insert($0[3], at: 3) },
            try lines("pack-twice", .line, [28], "A pack is there twice.") { $0.insert($0[1], at: 1) },
            try lines("pack-behind", .line, [28], "A pack stands behind a content.") { $0.append($0[1]) },
            try Sample.made("index-no-lf", .line, [3], "The last line of packs.index is not ended.") {
                $0.changePackIndex = { $0.removeLast() }
            },
        ]
    }

    private static func numbers() throws -> [Vector] {
        let content = 3
        return [
            try words("raw-sizes", [19], "A raw pack that unpacks to more than it is.", line: 1) { $0[4] += "0" },
            try words("nothing", [19], "A pack that unpacks to nothing.", line: 1) { $0[4] = "0" },
            try words("past-limit", [19], "A pack that unpacks to more than 64 MiB.", line: 1) {
                $0[2...4] = ["xz", $0[3], "67108865"]
            },
            try words("stored-past-limit", [17], "A pack of more than 65 MiB.", line: 1) {
                $0[2...4] = ["xz", "68157441", "1"]
            },
            try words("leading-zero", [18], "A number with a leading zero.", line: 1) { $0[3] = "0" + $0[3] },
            try words("minus", [16], "A negative number.", line: 1) { $0[3] = "-" + $0[3] },
            try words("2-63", [16], "The number 2^63.", line: content) { $0[2] = "9223372036854775808" },
            try words("2-64", [16], "2^64 and the right number: the right one in 64 bits.", line: content) {
                $0[2] = "1844674407370955" + String(1616 + (Int($0[2]) ?? 0))
            },
            try words("sum", [5, 16], "Ranges that add up to less than the content.", line: content) {
                $0[2] = "9" + $0[2]
            },
            try words("no-such-pack", [5], "A range of a pack that is not there.", line: content) {
                $0[3] = "7" + $0[3].dropFirst()
            },
            try words("outside", [16], "A range that goes past the end of its pack.", line: content) { words in
                let parts = words[3].split(separator: ":")
                words[3] = "\(parts[0]):1:\(parts[2])"
            },
            try words("overflow", [16], "A range whose end is past 2^63.", line: content) { words in
                let parts = words[3].split(separator: ":")
                words[3] = "\(parts[0]):9223372036854775807:\(parts[2])"
            },
            try words("empty-range", [18], "A range of no bytes.", line: content) { $0.append("0:0:0") },
        ]
    }

    private static func agreement() throws -> [Vector] {
        [
            try lines("other-order", .contents, [5], "packs.index has the packs in another order than the bundle.") {
                lines in
                lines.swapAt(1, 2)
                for number in 3..<lines.count {
                    var words = String(decoding: lines[number], as: UTF8.self).split(separator: " ").map(String.init)
                    if words.count > 3 { words[3] = (words[3].hasPrefix("0:") ? "1:" : "0:") + words[3].dropFirst(2) }
                    lines[number] = Array(words.joined(separator: " ").utf8)
                }
            },
            try lines("pack-not-there", .contents, [6], "packs.index names a pack that the bundle has not.") {
                $0.insert(Array("pack \(Digest.ofBytes([9]).hex) raw 1 1".utf8), at: 3)
            },
            try Sample.made(
                "index-pack-unnamed", .contents, [6],
                "The bundle has a pack, signed and all, that packs.index does not name."
            ) { fixture in
                let extra = Array("unnamed\n".utf8)
                let digest = Digest.ofBytes(extra).hex
                fixture.changeChecksums = { $0 += Array("\(digest)  packs/\(digest).raw\n".utf8) }
                fixture.changeMembers = { $0.append(("packs/\(digest).raw", extra)) }
            },
            try Sample.made(
                "index-suffix", .contents, [15, 31], "packs.index calls a pack xz that the bundle calls raw."
            ) {
                $0.changePackIndex = { $0.exchange(" raw ", " xz ") }
            },
            try lines("stored", .size, [2], "packs.index states another size of a pack than it has.") { lines in
                var words = String(decoding: lines[1], as: UTF8.self).split(separator: " ").map(String.init)
                words[2] = "raw"
                words[3] = "9" + words[3]
                words[4] = words[3]
                lines[1] = Array(words.joined(separator: " ").utf8)
            },
            try lines("content-missing", .contents, [5, 6], "packs.index lacks a content of the tree.") {
                $0.remove(at: 3)
            },
        ]
    }
}
