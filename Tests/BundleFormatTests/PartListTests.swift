// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

struct PartListTests {
    private let hex = String(repeating: "ab", count: 32)

    private func parse(_ text: String) throws -> PartList { try PartList(parsing: Array(text.utf8), document: "l") }

    @Test func readsWhatItWrites() throws {
        let digest = try #require(Digest(hex: hex))
        let list = PartList(whole: "a-1.0.0+b-amd64.bundle", digests: [digest, digest])
        #expect(
            String(decoding: list.bytes, as: UTF8.self)
                == "\(hex)  a-1.0.0+b-amd64.bundle.001\n\(hex)  a-1.0.0+b-amd64.bundle.002\n")
        #expect(try PartList(parsing: list.bytes, document: "l") == list)
    }

    /// Each with one fault; the part that nobody can name is the last one of a list that was cut between two lines.
    @Test func refusesWhatIsNoList() {
        let bad: [(String, LineFault)] = [
            ("", .emptyDocument), ("\(hex)  a.001", .noNewline), ("\(hex)  a.002\n", .notSorted),
            ("\(hex)  a.001\n\(hex)  b.002\n", .badPath), ("\(hex)  a.001\n\(hex)  a.001\n", .notSorted),
            ("\(hex)  ../a.001\n", .badPath), ("\(hex)  ._a.001\n", .badPath), ("\(hex)  a.1\n", .badPath),
            ("\(hex)  a.000\n", .badPath), ("\(hex)  .001\n", .badPath), ("\(hex) *a.001\n", .badSyntax),
            ("\(hex.uppercased())  a.001\n", .badDigest), ("# parts\n", .badSyntax), ("\(hex)  a:b.001\n", .badPath),
            ((1...1000).map { "\(hex)  \(PartList.part($0, of: "a"))\n" }.joined(), .tooMany),
        ]
        for (text, fault) in bad {
            do {
                _ = try parse(text)
                Issue.record("taken: \(text.prefix(80))")
            } catch FormatError.badLine(_, _, let found) {
                #expect(found == fault, "\(text.prefix(80))")
            } catch {
                Issue.record("\(error)")
            }
        }
    }

    @Test func sizesFitFAT32() {
        #expect(PartSize("4g")?.bytes == 4_294_967_295)
        #expect(PartSize("4294967296")?.bytes == 4_294_967_295)
        #expect(PartSize("700M")?.bytes == 700 << 20)
        #expect(PartSize("64k")?.bytes == 65536)
        for bad in ["", "g", "4097m", "5g", "65535", "1.5g", "-1m", "4gb", "9223372036854775807k", "04g"] {
            #expect(PartSize(bad) == nil, "\(bad)")
        }
    }
}

/// Which files are parity files, and of what (format §16.5).
@Suite struct ParityNameTests {
    @Test func knowsItsNames() {
        let whole = "a-1.0.0-amd64.bundle"
        for name in ["\(whole).par2", "\(whole).vol000+10.par2", "\(whole).vol0+1.par2"] {
            #expect(ParityName.whole(of: name) == whole, "\(name)")
        }
        for name in [whole, "\(whole).parts", "\(whole).par2.txt", ".par2", "._\(whole).par2", "a/b.par2"] {
            #expect(ParityName.whole(of: name) == nil, "\(name)")
        }
        // Another bundle's, that is called so.
        #expect(ParityName.whole(of: "\(whole).volume+1.par2") == "\(whole).volume+1")
        #expect(ParityName.isCovered("\(whole).001", of: whole) && ParityName.isCovered(whole, of: whole))
        #expect(!ParityName.isCovered("\(whole).par2", of: whole) && !ParityName.isCovered("b.bundle.001", of: whole))
    }
}
