// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Comparison
import Cryptography
import HostSystem
import TestSupport
import Testing
import Trust

@testable import Commands

/// `bundle diff`: what it believes, how it ends, and what it says.
@Suite struct DiffVerbTests {
    let scratch: ScratchDirectory
    let key: String
    let pub: MinisignPublicKey
    let old: BundleFixture
    var new: BundleFixture

    init() throws {
        let (fixture, signer) = try BundleFixture.signed()
        old = fixture
        new = fixture
        new.version = "1.3.0"
        new.files["bin/web"] = String(repeating: "echo hello\n", count: 100)
        new.files["share/more"] = "<p>hello</p>\n"
        new.services["api"] = new.services["web"]
        scratch = try ScratchDirectory()
        pub = signer.publicKey
        key = try scratch.write("key.pub", signer.publicKey.file).text
        try put("old", old)
    }

    @discardableResult private func put(_ name: String, _ fixture: BundleFixture) throws -> String {
        try scratch.write("\(name).bundle", fixture.bytes()).text
    }

    private func diff(_ old: String, _ new: String, _ more: String...) async -> Int32 {
        await Entry.run(
            ["diff", (scratch.path / "\(old).bundle").text, (scratch.path / "\(new).bundle").text, "--pubkey", key]
                + more)
    }

    private func view(_ old: BundleFixture, _ new: BundleFixture) throws -> DiffView {
        let heads = try [("x", old), ("y", new)].map { name, fixture in
            try UnverifiedBundle.open(HostPath(put(name, fixture))).proveHead(by: Keyring(keys: [pub]))
        }
        let sides = try heads.map { try DiffCommand.release($0, "") }
        return DiffView(ReleaseComparison(.release(sides[0]), sides[1]), from: .bundle(heads[0]), to: heads[1])
    }

    @Test func endsAsAsked() async throws {
        try put("new", new)
        #expect(await diff("old", "new") == 0)
        #expect(await diff("old", "new", "--exit-code") == 12)
        #expect(await diff("old", "new", "--exit-code", "--json") == 12)
        #expect(await diff("old", "old", "--exit-code") == 0)
        #expect(await diff("old", "none") == 1)
        #expect(await Entry.run(["diff", key, "--pubkey", key]) == 64)
    }

    @Test func believesNothingUnproven() async throws {
        var foreign = new
        foreign.keys = [try SigningKey.generate()]
        try put("new", foreign)
        #expect(await diff("old", "new") == 3)
        #expect(await diff("new", "old") == 3)
        var bytes = try new.bytes()
        // A document: it is shown with its size, so it is hashed.
        let place = try #require(bytes.firstRange(of: Array("Nothing to do".utf8)))
        bytes[place.lowerBound] ^= 1
        _ = try scratch.write("new.bundle", bytes)
        #expect(await diff("old", "new") == 65)
        try put("new", new)
        #expect(await diff("old", "new") == 0)
    }

    @Test func showsFilesServicesAndCosts() throws {
        let view = try view(old, new)
        let lines = view.text.split(separator: "\n")
        #expect(lines[0].hasPrefix("demo 1.2.3 amd64 (digest ") && lines[0].contains("-> demo 1.3.0 amd64"))
        #expect(lines.contains("  unchanged  3 files, 2 documents, 1 service, 9 settings"))
        #expect(lines[4] == "     2 KiB  ~ file bin/web: 26 -> 1100 bytes; content")
        #expect(
            lines[5...] == [
                "         -  + file share/more: 13 bytes; as OLD's share/page.html", "         -  + service api",
            ])
        let bytes = Int64(try new.bytes().count)
        #expect(view.json["differ"] == true && view.json["full_bytes"] == .integer(bytes))
        let back = try self.view(old, old)
        #expect(back.text.hasSuffix("the same release") && back.json["differ"] == false)
    }

    /// Values are YAML, which has escapes; none of them may write on the screen of who looks at a release.
    @Test func steersNoTerminal() throws {
        func with(_ values: String) -> BundleFixture {
            var fixture = old
            fixture.files["share/values.yaml"] = values
            fixture.changeManifest = { $0.values.defaults = ReleasePath("share/values.yaml") }
            return fixture
        }
        let hostile = with(#""a\e[2J\n  carry": "x\e]0;title\a\u202e""#)
        let text = try view(with("b: 1"), hostile).text
        #expect(text.contains(#"+ value ["a?[2J?  carry"]: "x"#))
        #expect(text.contains("- value b: 1"))
        let steering = text.unicodeScalars.filter {
            [.control, .format].contains($0.properties.generalCategory) && $0 != "\n"
        }
        #expect(steering.isEmpty)
    }

    @Test func saysWhatCannotBeCompared() async throws {
        var delta = new
        delta.needed = ["share/page.html"]
        delta.bases = [PackIndex.Base(version: Version(major: 1, minor: 2, patch: 3), digest: .ofBytes([1]))]
        let view = try view(old, delta)
        let bytes = Int64(try delta.bytes().count)
        #expect(view.json["full_bytes"] == .null && view.json["delta_bytes"] == .integer(bytes))
        var other = old
        other.files["share/page.html"] = "another"
        #expect(
            try self.view(other, delta).text.contains("a delta is not known: NEW is one, and leaves out 1 contents"))
        other.name = "other"
        try put("other", other)
        #expect(await diff("old", "other") == 0)
        #expect(try self.view(old, other).text.contains("no delta leads here"))
    }
}
