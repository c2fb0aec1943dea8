// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

@Suite struct TextDocumentTests {
    static let a = String(repeating: "a", count: 64)
    static let b = String(repeating: "b", count: 64)
    static let c = String(repeating: "c", count: 64)

    // MARK: files.sha256

    @Test func readsFileList() throws {
        let text = "\(Self.b)  bin/a\n\(Self.a)  bin/a-b/c\n\(Self.c)  bin/d/e/f\n\(Self.c)  z\n"
        let list = try FileList(parsing: Array(text.utf8))
        #expect(list.entries.map(\.path.text) == ["bin/a", "bin/a-b/c", "bin/d/e/f", "z"])
        #expect(list.directoryCount == 4)
        let paths = try ["bin/a-b/c", "bin/a-b", "bin/d", "bin/d/e/g"].map { try #require(ReleasePath($0)) }
        #expect(list.digest(of: paths[0])?.hex == Self.a)
        #expect(list.digest(of: paths[1]) == nil)
        #expect(list.holdsAnything(atOrBelow: paths[2]))
        #expect(!list.holdsAnything(atOrBelow: paths[3]))
        #expect(try FileList(list.entries.reversed()) == list)
        #expect(list.bytes == Array(text.utf8))
        #expect(try FileList(parsing: []).bytes.isEmpty)
    }

    /// Wherever a long document is cut while it is read, the same is read of it, and the same line is wrong.
    @Test(arguments: 1...160) func readsDocumentsInPieces(length: Int) throws {
        let list = Array("\(Self.b)  bin/a\n\(Self.a)  bin/a-b/c\n\(Self.c)  z\n".utf8)
        #expect(try FileList(parsing: Self.pieces(list, length)) == FileList(parsing: list))
        let index = Array(Self.index.utf8)
        #expect(try PackIndex(parsing: Self.pieces(index, length)) == PackIndex(parsing: index))
        let wrong = Array(Self.index.replacing("150 0:50:50", with: "151 0:50:50").utf8)
        #expect(throws: FormatError.badLine(document: "packs.index", line: 5, .wrongSum)) {
            try PackIndex(parsing: Self.pieces(wrong, length))
        }
        #expect(throws: FormatError.badLine(document: "packs.index", line: 6, .noNewline)) {
            try PackIndex(parsing: Self.pieces(index.dropLast(), length))
        }
        #expect(throws: FormatError.badLine(document: "files.sha256", line: 3, .noNewline)) {
            try FileList(parsing: Self.pieces(list.dropLast(), length))
        }
    }

    static func pieces(_ text: some Collection<UInt8>, _ length: Int) -> TextPieces {
        let text = Array(text)
        return TextPieces(stride(from: 0, to: text.count, by: length).map { Array(text[$0...].prefix(length)) })
    }

    @Test(
        arguments: [
            ("\(a)  a\n\(a)  a\n", LineFault.duplicate), ("\(a)  b\n\(a)  a\n", .notSorted), ("\(a)  a", .noNewline),
            ("\(a)  a\n\(a)  a/b\n", .fileBelowFile), ("\(a)  a\n\(a)  a-b\n\(a)  a/b\n", .fileBelowFile),
            ("\(a) a\n", .badSyntax), ("\(a) *a\n", .badSyntax), ("\\\(a)  a\n", .badSyntax), ("\n", .badSyntax),
            ("\(a)  ../a\n", .badPath), ("\(a)  /a\n", .badPath), ("\(a)  a\r\n", .badPath),
            ("\(a)  a\\nb\n", .badPath),
            ("\(a)  é\n", .badPath), ("\(String(a.uppercased()))  a\n", .badDigest), ("# x\n", .badSyntax),
            ("\(a)  a//b\n", .badPath), ("\(a)  ./a\n", .badPath), ("\(a)   a\n", .badPath), ("\(a)  -a\n", .badPath),
        ])
    func refusesFileList(text: String, fault: LineFault) {
        let error = #expect(throws: FormatError.self) { try FileList(parsing: Array(text.utf8)) }
        guard case .badLine("files.sha256", _, let found) = error else { return }
        #expect(found == fault)
    }

    // MARK: packs.index

    static let index = """
        bundle-packs/1
        pack \(a) xz 10 100
        pack \(b) zstd 20 200
        content \(a) 0
        content \(b) 150 0:50:50 1:0:100
        content \(c) 100 0:0:100

        """

    @Test func readsPackIndex() throws {
        let index = try PackIndex(parsing: Array(Self.index.utf8))
        #expect(String(decoding: index.bytes, as: UTF8.self) == Self.index)
        #expect(try PackIndex(packs: index.packs, contents: index.contents.reversed()) == index)
        #expect(try PackIndex(packs: index.packs, inOrder: index.contents) == index)
        #expect(throws: FormatError.badLine(document: "packs.index", line: 5, .notSorted)) {
            try PackIndex(packs: index.packs, inOrder: index.contents.reversed())
        }
        let digests = try [Self.a, Self.b, String(repeating: "d", count: 64)].map { try #require(Digest(hex: $0)) }
        let content = try #require(index.content(digests[1]))
        #expect(content.ranges == [.init(pack: 0, offset: 50, length: 50), .init(pack: 1, offset: 0, length: 100)])
        #expect(index.size(of: digests[0]) == 0)
        #expect(index.content(digests[2]) == nil)
        #expect(index.packs.map(\.member.description) == ["packs/\(Self.a).xz", "packs/\(Self.b).zst"])
    }

    @Test(
        arguments: [
            ("bundle-packs/1", "bundle-packs/2", LineFault.wrongFirstLine), ("xz 10", "lz4 10", .unsupported),
            ("xz 10 ", "xz 010 ", .badNumber), ("xz 10 100", "xz 10", .badSyntax),
            ("xz 10 100", "xz 10 67108865", .badNumber),
            ("xz 10 100", "raw 10 100", .badNumber), ("xz 10 100", "xz 0 100", .badNumber),
            ("pack \(b)", "pack \(a)", .duplicate),
            ("150 0:50:50", "151 0:50:50", .wrongSum), ("0:50:50", "0:51:50", .outsidePack),
            ("1:0:100", "2:0:100", .unknownPack),
            ("0:50:50", "0:50:-50", .badNumber), ("0:50:50", "0:9223372036854775807:50", .outsidePack),
            ("0:50:50 ", "0:50:50  ", .badSyntax), ("content \(b)", "content \(a)", .duplicate),
            ("content \(a)", "content \(c)", .notSorted), ("content \(a) 0", "needs \(a) 1", .notSorted),
            ("content \(a) 0", "content \(a) 0 0:0:0", .outsidePack), ("content \(a) 0", "other \(a) 0", .badSyntax),
            ("0:50:50", "99999999999999999999:50:50", .badNumber), ("0:50:50", "0:50:50:1", .badSyntax),
        ])
    func refusesPackIndex(part: String, other: String, fault: LineFault) {
        let changed = Self.index.replacing(part, with: other, maxReplacements: 1)
        #expect(changed != Self.index)
        let error = #expect(throws: FormatError.self) { try PackIndex(parsing: Array(changed.utf8)) }
        guard case .badLine("packs.index", _, let found) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == fault)
    }

    // MARK: SHA256SUMS

    static let sums = ["README.txt", "manifest.json", "files.sha256", "packs.index", "docs/a", "packs/\(b).xz"]
        .map { "\($0.hasPrefix("packs/") ? b : a)  \($0)\n" }

    @Test func readsChecksumList() throws {
        let text = Array(Self.sums.joined().utf8)
        let list = try ChecksumList(parsing: text)
        #expect(list.bytes == text)
        #expect(try ChecksumList(list.entries) == list)
    }

    @Test func refusesEveryOtherOrder() {
        for first in Self.sums.indices {
            var removed = Self.sums
            removed.remove(at: first)
            // Documents and packs are the only ones that a bundle can be without.
            if first < 4 {
                #expect(throws: FormatError.self) { try ChecksumList(parsing: Array(removed.joined().utf8)) }
            }
            var doubled = Self.sums
            doubled.insert(Self.sums[first], at: first)
            #expect(throws: FormatError.self) { try ChecksumList(parsing: Array(doubled.joined().utf8)) }
            for second in Self.sums.indices where second > first {
                var swapped = Self.sums
                swapped.swapAt(first, second)
                #expect(throws: FormatError.self) { try ChecksumList(parsing: Array(swapped.joined().utf8)) }
            }
        }
    }

    @Test(
        arguments: [
            "SHA256SUMS", "signatures/.reserve", "signatures/\(String(repeating: "a", count: 32)).minisig", "docs",
            "docs/",
            "docs/../x", "trust/01.json", "trust/0.json", "trust/1.jso", "packs/\(a).xz", "packs/\(b).XZ", "other",
            "/README.txt", "./README.txt",
        ])
    func refusesMember(name: String) {
        let text = Self.sums.joined() + "\(Self.b)  \(name)\n"
        #expect(throws: FormatError.self) { try ChecksumList(parsing: Array(text.utf8)) }
    }

    // MARK: README.txt

    @Test func readsFirstLine() throws {
        let identity = ReleaseIdentity(
            name: try #require(ReleaseName("lan-chat")), version: try #require(Version("1.2.3-rc.1+b5")), arch: .arm64)
        let text = Readme(identity).text
        #expect(text.hasPrefix("bundle/1 lan-chat 1.2.3-rc.1+b5 arm64\n"))
        #expect(
            text.utf8.count <= Limits.readmeBytes && text.utf8.allSatisfy { $0 == 10 || (0x20...0x7e).contains($0) })
        #expect(try Readme(parsing: Array(text.utf8)).identity == identity)
        #expect(identity.fileName == "lan-chat-1.2.3-rc.1+b5-arm64.bundle")
    }

    @Test(
        arguments: [
            "", "bundle/1 a 1.0.0 amd64", "bundle/2 a 1.0.0 amd64\n", "bundle/1 a v1.0.0 amd64\n",
            "bundle/1 A 1.0.0 amd64\n",
            "bundle/1 a 1.0.0 x86\n", "bundle/1 a 1.0.0 amd64 \n", "bundle/1 a  1.0.0 amd64\n",
            " bundle/1 a 1.0.0 amd64\n",
            "bundle/1 a 1.0.0 amd64\r\n", String(repeating: "x", count: 5000),
        ])
    func refusesFirstLine(text: String) {
        #expect(throws: FormatError.self) { try Readme(parsing: Array(text.utf8)) }
    }
}
