// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

/// `base` and `needs` lines of packs.index (format §9.3).
@Suite struct DeltaIndexTests {
    static let a = String(repeating: "a", count: 64)
    static let b = String(repeating: "b", count: 64)
    static let c = String(repeating: "c", count: 64)
    static let d = String(repeating: "d", count: 64)
    static let text = """
        bundle-packs/1
        base 1.0.0 \(a)
        base 0.9.0-rc.1 \(b)
        needs \(b) 7
        needs \(c) 9
        pack \(a) raw 4 4
        content \(a) 0
        content \(d) 4 0:0:4

        """

    @Test func readsAndWrites() throws {
        let index = try PackIndex(parsing: Array(Self.text.utf8))
        #expect(index.bytes == Array(Self.text.utf8))
        #expect(index.isDelta && index.neededBytes == 16)
        #expect(index.bases.map(\.version.description) == ["1.0.0", "0.9.0-rc.1"])
        let digest = try #require(Digest(hex: Self.c))
        #expect(index.need(digest)?.size == 9 && index.size(of: digest) == 9 && !index.holds(digest))
        #expect(
            try PackIndex(
                packs: index.packs, contents: Array(index.contents), bases: index.bases.reversed(),
                needs: index.needs.reversed()) == index)
    }

    @Test(
        arguments: [
            ("base 1.0.0 \(a)\nbase 0.9.0-rc.1 \(b)\n", "", LineFault.noBase),
            ("needs \(b) 7\nneeds \(c) 9\n", "", .noNeeds), ("base 0.9.0-rc.1 \(b)", "base 1.0.0 \(a)", .duplicate),
            ("base 1.0.0 \(a)", "base 1.0.0 \(c)", .notSorted), ("base 1.0.0", "base v1.0.0", .badSyntax),
            ("base 1.0.0 \(a)", "base \(a)", .badSyntax), ("base 1.0.0 \(a)", "base 1.0.0 x", .badDigest),
            ("needs \(b) 7", "needs \(b) 0", .badNumber), ("needs \(b) 7", "needs \(b) 07", .badNumber),
            ("needs \(b) 7", "needs \(b) 7 0:0:7", .badSyntax), ("needs \(b)", "needs \(c)", .duplicate),
            ("needs \(b)", "needs \(d)", .notSorted), ("needs \(c) 9", "needs \(c) 9223372036854775807", .badNumber),
            ("content \(d) 4 0:0:4", "content \(c) 4 0:0:4", .duplicate),
            ("content \(d)", "needs \(d) 4\ncontent \(d)", .notSorted),
            ("pack \(a)", "pack \(d) raw 4 4\nbase 1.0.0 \(d)\npack \(a)", .notSorted),
        ])
    func refuses(part: String, other: String, fault: LineFault) {
        let changed = Self.text.replacing(part, with: other, maxReplacements: 1)
        #expect(changed != Self.text)
        let error = #expect(throws: FormatError.self) { try PackIndex(parsing: Array(changed.utf8)) }
        guard case .badLine("packs.index", _, fault)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func isCompletedByWhatAHostHas() throws {
        let index = try PackIndex(parsing: Array(Self.text.utf8))
        func held(_ lines: String) throws -> PackIndex {
            try index.completed(by: PackIndex(parsing: Array("bundle-packs/1\n\(lines)".utf8)))
        }
        let packs = "pack \(Self.a) raw 4 4\npack \(Self.b) raw 20 20\n"
        let whole = try held("\(packs)content \(Self.b) 7 0:0:4 1:0:3\ncontent \(Self.c) 9 1:3:9\n")
        #expect(!whole.isDelta && whole.bases.isEmpty && whole.contentCount == 4)
        #expect(whole.packs.map(\.digest.hex) == [Self.a, Self.b], "a pack that is carried is named once")
        let part = try held("\(packs)content \(Self.b) 7 1:0:7\ncontent \(Self.c) 8 1:0:8\n")
        #expect(part.needs.map(\.digest.hex) == [Self.c], "another size is another content")
        #expect(part.bases == index.bases)
    }
}
