// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import TestSupport

/// SHA256SUMS and files.sha256 that the right key has signed (format §5.3, §8).
enum ListFaults {
    static func vectors() throws -> [Vector] { try checksums() + files() }

    private static func checksums() throws -> [Vector] {
        func sums(
            _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String,
            _ change: @escaping (inout [[UInt8]]) -> Void
        ) throws -> Vector {
            try Sample.made("sums-" + name, expected, rows, about) { $0.changeChecksums = { change(&$0.textLines) } }
        }
        return [
            try sums("without-manifest", .member, [6], "SHA256SUMS does not name manifest.json.") { $0.remove(at: 1) },
            try sums(
                "without-document", .contents, [6],
                "SHA256SUMS does not name a document that is there and that the manifest names."
            ) {
                $0.remove(at: 4)
            },
            try sums("without-bill", .member, [6], "SHA256SUMS does not name a bill that is there.") {
                $0.remove(at: 5)
            },
            try sums("without-last", .contents, [6], "SHA256SUMS does not name the last pack.") { $0.removeLast() },
            try sums("more", .member, [3, 6], "SHA256SUMS names a bill that is not there.") {
                $0.insert(Array("\(Digest.ofBytes([]).hex)  sbom/more".utf8), at: 5)
            },
            try sums("order", .member, [28], "Two lines of SHA256SUMS have changed places.") { $0.swapAt(1, 2) },
            try sums("twice", .member, [28], "A line of SHA256SUMS is there twice.") { $0.insert($0[4], at: 4) },
            try sums("itself", .line, [28], "SHA256SUMS names itself.") {
                $0.insert(Array("\(Digest.ofBytes([]).hex)  SHA256SUMS".utf8), at: 1)
            },
            try sums("signature", .line, [28], "SHA256SUMS names a signature.") {
                $0.insert(
                    Array("\(Digest.ofBytes([]).hex)  signatures/\(String(repeating: "0", count: 32)).minisig".utf8),
                    at: 1)
            },
            try sums("pack-name", .member, [5], "The name of a pack is not its digest.") { lines in
                lines[lines.count - 1].replaceSubrange(0..<64, with: Array(Digest.ofBytes([7]).hex.utf8))
            },
            try sums("capitals", .line, [18], "A digest of SHA256SUMS is in capitals.") {
                $0[1] = Array(String(decoding: $0[1], as: UTF8.self).prefix(64).uppercased().utf8) + $0[1].dropFirst(64)
            },
            try sums("comment", .line, [18], "SHA256SUMS has a comment.") {
                $0.insert(Array("# checksums".utf8), at: 1)
            },
            try sums("cr", .line, [18], "A line of SHA256SUMS ends in CR LF.") { $0[1].append(13) },
            try sums("one-space", .line, [18], "One space stands between digest and path.") { $0[1].remove(at: 64) },
            try sums("short", .line, [18], "A digest has 63 digits.") { $0[1].removeFirst() },
            try sums("escaped", .line, [29], "A line is escaped, as sha256sum does for a backslash.") {
                $0[4] = [UInt8(ascii: "\\")] + $0[4]
            },
            try Sample.made("sums-no-lf", .line, [3], "The last line of SHA256SUMS is not ended.") {
                $0.changeChecksums = { $0.removeLast() }
            },
        ]
    }

    private static func files() throws -> [Vector] {
        let empty = Digest.ofBytes([]).hex
        func files(_ name: String, _ rows: [Int], _ about: String, _ change: @escaping (inout [[UInt8]]) -> Void) throws
            -> Vector
        {
            try Sample.made("files-" + name, .line, rows, about) { $0.changeFileList = { change(&$0.textLines) } }
        }
        func path(_ name: String, _ rows: [Int], _ about: String, _ path: String) throws -> Vector {
            try files(name, rows, about) { $0.append(Array("\(empty)  \(path)".utf8)) }
        }
        return [
            try path("climbing", [20], "A file of the tree climbs.", "share/../../../etc/cron.d/evil"),
            try path("absolute", [20], "A file of the tree is absolute.", "/etc/cron.d/evil"),
            try path("dot", [28], "A path with a segment `.`.", "share/./z"),
            try path("empty-segment", [28], "A path with an empty segment.", "share//z"),
            try path("slash", [23], "A path that ends in a slash.", "share/z/"),
            try path("backslash", [20], "A path with a backslash.", "share\\z"),
            try path("star", [20], "A path with a star.", "share/*"),
            try path("dash", [20], "A segment that begins with a dash.", "share/-z"),
            try path("unicode", [29], "A path that is not ASCII: it has two forms.", "share/z\u{e9}"),
            try path("control", [29], "A control character in a path.", "share/z\u{7}"),
            try path(
                "long", [24], "A path of 1,025 bytes.",
                "share/" + String(repeating: "zzzzzzzzz/", count: 20) + String(repeating: "z", count: 819)),
            try path("deep", [17, 24], "A path of 33 segments.", "share" + String(repeating: "/z", count: 32)),
            try path("below-file", [23], "A file below a file.", "share/page.html/z"),
            try files("order", [28], "Two lines have changed places.") { $0.swapAt(0, 1) },
            try files("twice", [28], "A path is there twice.") { $0.append($0[$0.count - 1]) },
            try files("binary-mark", [18], "A line with the mark of binary mode.") { $0[0][65] = UInt8(ascii: "*") },
            try files("empty-line", [18], "An empty line.") { $0.append([]) },
            try Sample.made("files-no-lf", .line, [3], "The last line of files.sha256 is not ended.") {
                $0.changeFileList = { $0.removeLast() }
            },
        ]
    }
}
