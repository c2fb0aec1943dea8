// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import TestSupport

/// Deltas (format §9.3): one that is good, and packs.index with one of its lines for hosts wrong.
enum Deltas {
    private static let base = Digest.ofBytes(Array("the release before".utf8))

    static func vectors() throws -> [Vector] {
        [
            try made("good-delta", .good, [], "A delta that carries half of its release.", needing: ["bin/web"]) { _ in
            },
            try made("good-delta-bare", .good, [], "A delta that carries no pack at all.") { _ in },
            try made("delta-no-base", .line, [18], "Contents are needed and nobody is named who has them.") {
                $0.remove(at: 1)
            },
            try made("delta-no-needs", .line, [18], "A base is named and nothing is needed of it.") {
                $0.removeSubrange(2...3)
            },
            try made("delta-base-twice", .line, [28], "A base is there twice.") { $0.insert($0[1], at: 1) },
            try made("delta-base-behind", .line, [28], "A base stands behind what is needed.") { $0.swapAt(1, 2) },
            try made("delta-base-v", .line, [18], "A base's version with a leading v.") {
                $0[1] = Array("base v1.0.0 \(base)".utf8)
            },
            try made("delta-needs-order", .line, [28], "Two needed contents have changed places.") { $0.swapAt(2, 3) },
            try made("delta-needs-twice", .line, [28], "A content is needed twice.") { $0.insert($0[2], at: 2) },
            try made("delta-needs-empty", .line, [18], "An empty content is needed.") {
                $0[2] = Array($0[2].prefix(71)) + Array("0".utf8)
            },
            try made("delta-needs-range", .line, [18], "A needed content with a range.") {
                $0[2] += Array(" 0:0:1".utf8)
            },
            try made("delta-needs-behind", .line, [28], "What is needed stands behind the contents.") {
                $0.append($0.remove(at: 3))
            },
            try made("delta-both", .line, [28], "A content is carried, and needed as well.", needing: ["bin/web"]) {
                lines in
                guard let carried = lines.firstIndex(where: { String(decoding: $0, as: UTF8.self).contains(" 13 0:") })
                else { return }
                let words = String(decoding: lines[carried], as: UTF8.self).split(separator: " ")
                lines[2] = Array("needs \(words[1]) 13".utf8)
            },
            try made("delta-neither", .contents, [5, 6], "A content of the tree is neither carried nor needed.") {
                $0.remove(at: 3)
            },
        ]
    }

    private static func made(
        _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String,
        needing: Set<String> = ["bin/web", "share/page.html"], _ change: @escaping (inout [[UInt8]]) -> Void
    ) throws -> Vector {
        try Sample.made(name, expected, rows, about) { fixture in
            fixture.needed = needing
            fixture.bases = Version("1.0.0").map { [PackIndex.Base(version: $0, digest: base)] } ?? []
            fixture.changePackIndex = { change(&$0.textLines) }
        }
    }
}
