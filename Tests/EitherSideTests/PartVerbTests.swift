// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Commands
import Cryptography
import HostSystem
import TestSupport
import Testing
import Trust

/// Verbs on a bundle in parts, by their exit statuses and what they leave on disk.
@Suite struct PartVerbTests {
    let scratch: ScratchDirectory
    let fixture: BundleFixture
    let key: String
    let list: HostPath
    let parts: PartList

    init() throws {
        let (fixture, signer) = try BundleFixture.signed()
        self.fixture = fixture
        scratch = try ScratchDirectory()
        key = try scratch.write("key.pub", signer.publicKey.file).text
        for name in ["one", "two"] { try FileSystem.createDirectory(scratch.path / name) }
        let bytes = try fixture.bytes()
        let pieces = stride(from: 0, to: bytes.count, by: 20_000).map {
            Array(bytes[$0..<min(bytes.count, $0 + 20_000)])
        }
        parts = PartList(whole: "a.bundle", digests: pieces.map { Digest.ofBytes($0) })
        for (index, piece) in pieces.enumerated() {
            let medium = scratch.path / (index % 2 == 0 ? "one" : "two")
            try FileSystem.write(piece, to: medium / parts.name(index + 1))
        }
        list = scratch.path / "one" / "a.bundle.parts"
        try FileSystem.write(parts.bytes, to: list)
    }

    private func run(_ arguments: String...) async -> Int32 { await Entry.run(arguments) }

    @Test func looksInsideByTheList() async throws {
        let second = (scratch.path / "two").text
        for verb in ["verify", "inspect", "docs"] {
            #expect(await run(verb, list.text, "--pubkey", key, "--parts-in", second) == 0)
            #expect(await run(verb, list.text, "--pubkey", key) == 65)
            #expect(await run(verb, list.parent.text, "--pubkey", key, "--parts-in", second) == 0)
        }
        let out = scratch.path / "out"
        #expect(await run("extract", list.text, "-C", out.text, "--pubkey", key, "--parts-in", second) == 0)
        for (path, text) in fixture.files {
            #expect(try FileSystem.readAll(out / path, limit: 4096) == Array(text.utf8))
        }
        #expect(await run("verify", (scratch.path / "two" / parts.name(2)).text, "--pubkey", key) == 65)
    }

    /// In place a signature would change one part and leave the list behind.
    @Test func cannotBeSigned() async throws {
        let secret = (scratch.path / "x.key").text
        #expect(await run("key", "generate", "-o", secret, "--no-password") == 0)
        let before = try FileSystem.readAll(list.parent / parts.name(1), limit: 1 << 20)
        for path in [list, list.parent / parts.name(1)] { #expect(await run("sign", path.text, "--key", secret) == 64) }
        #expect(try FileSystem.readAll(list.parent / parts.name(1), limit: 1 << 20) == before)
    }
}
