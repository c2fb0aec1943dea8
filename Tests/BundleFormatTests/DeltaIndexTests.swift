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

    /// Packs that refer to an older content (format §17).
    static let coded = text.replacing("pack \(a) raw 4 4\n", with: "pack \(a) delta 70 4 \(b)\n")

    @Test func namesWhatAPackRefersTo() throws {
        let index = try PackIndex(parsing: Array(Self.coded.utf8))
        #expect(index.bytes == Array(Self.coded.utf8))
        #expect(index.packs.map(\.older?.hex) == [Self.b])
        #expect(index.coded.contents == 1 && index.coded.bytes == 4 && index.coded.storedBytes == 70)
        #expect(index.madeBytes == 4 && index.olderBytes == 7)
    }

    @Test(
        arguments: [
            ("70 4 \(b)", "70 4", LineFault.badSyntax), ("70 4 \(b)", "70 4 \(b) \(b)", .badSyntax),
            ("70 4 \(b)", "70 4 \(d)", .unknownOlder), ("70 4 \(b)", "70 4 x", .badDigest),
            ("delta 70 4", "raw 4 4", .badSyntax), ("70 4 \(b)", "0 4 \(b)", .badNumber),
            ("base 1.0.0 \(a)\nbase 0.9.0-rc.1 \(b)\nneeds \(b) 7\nneeds \(c) 9\n", "", .unknownOlder),
        ])
    func refusesAPackWithoutWhatItRefersTo(part: String, other: String, fault: LineFault) {
        let changed = Self.coded.replacing(part, with: other, maxReplacements: 1)
        #expect(changed != Self.coded)
        let error = #expect(throws: FormatError.self) { try PackIndex(parsing: Array(changed.utf8)) }
        guard case .badLine("packs.index", _, fault)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    /// What is older than one content, and no content of the release, is not asked for when that one is there.
    @Test func isCompletedByWhatCameOfItsPacks() throws {
        let index = try PackIndex(parsing: Array(Self.coded.utf8))
        func held(_ lines: String) throws -> PackIndex {
            try PackIndex(parsing: Array("bundle-packs/1\n\(lines)".utf8))
        }
        let (b, c, d) = (try #require(Digest(hex: Self.b)), Self.c, Self.d)
        let before = try index.completed(by: held("pack \(c) raw 16 16\ncontent \(b) 7 0:9:7\ncontent \(c) 9 0:0:9\n"))
        #expect(!before.isDelta && before.packs.map(\.codec) == [.delta, .raw])
        let settled = try held("pack \(c) raw 9 9\npack \(d) raw 4 4\ncontent \(c) 9 0:0:9\ncontent \(d) 4 1:0:4\n")
        let whole = try index.completed(by: settled)
        #expect(!whole.isDelta && whole.packs.map(\.codec) == [.raw, .raw] && !whole.holds(b))
        #expect(try PackIndex(parsing: whole.bytes) == whole)
        #expect(try index.completed(by: settled) { $0 == b }.needs.map(\.digest) == [b])
        #expect(try index.completed(by: held("pack \(c) raw 9 9\ncontent \(c) 9 0:0:9\n")).needs.map(\.digest) == [b])
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
