// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Commands
import Cryptography
import HostSystem
import TestSupport
import Testing
import Trust

/// The verbs that look at a bundle, by their exit statuses and what they leave on disk.
@Suite struct EitherSideTests {
    let scratch: ScratchDirectory
    let bundle: String
    let key: String
    let fixture: BundleFixture

    init() throws {
        let (fixture, signer) = try BundleFixture.signed()
        self.fixture = fixture
        scratch = try ScratchDirectory()
        bundle = try scratch.write("a.bundle", fixture.bytes()).text
        key = try scratch.write("key.pub", signer.publicKey.file).text
    }

    private func run(_ arguments: String...) async -> Int32 { await Entry.run(arguments) }

    @Test func looksAtAGoodBundle() async {
        #expect(await run("verify", bundle, "--pubkey", key) == 0)
        #expect(await run("verify", bundle, "--pubkey", key, "--json") == 0)
        // The one bundle of a directory; one without is none.
        #expect(await run("verify", scratch.path.text, "--pubkey", key) == 0)
        #expect(await run("inspect", bundle, "--pubkey", key, "--files") == 0)
        #expect(await run("inspect", bundle, "--pubkey", key, "--json") == 0)
        #expect(await run("docs", bundle, "--pubkey", key) == 0)
        #expect(await run("docs", bundle, "UPGRADE.md", "--pubkey", key) == 0)
        #expect(await run("docs", bundle, "docs/none.md", "--pubkey", key) == 10)
    }

    @Test func refuses() async throws {
        let stranger = try scratch.write("stranger.pub", SigningKey.generate().publicKey.file).text
        let empty = scratch.path / "empty"
        try FileSystem.createDirectory(empty)
        for verb in ["verify", "inspect", "docs"] {
            #expect(await run(verb, bundle, "--pubkey", stranger) == 3)
            #expect(await run(verb, empty.text, "--pubkey", key) == 10)
            #expect(await run(verb, (scratch.path / "none").text, "--pubkey", key) == 1)
            #expect(await run(verb, key, "--pubkey", key) == 65)
            #expect(await run(verb) == 64)
        }
        var bytes = try fixture.bytes()
        bytes[bytes.count - 1] = 1
        let damaged = try scratch.write("b.bundle", bytes).text
        #expect(await run("verify", damaged, "--pubkey", key) == 65)
        #expect(await run("extract", damaged, "-C", (scratch.path / "out").text, "--pubkey", key) == 65)
        // Nothing of a bundle that fails is left behind.
        #expect(try FileSystem.list(scratch.path / "out").isEmpty)
    }

    @Test func unsignedNeedsItsDigest() async throws {
        var unsigned = fixture
        unsigned.keys = []
        let members = try unsigned.members()
        let path = try scratch.write("u.bundle", unsigned.bytes()).text
        #expect(await run("verify", path, "--pubkey", key) == 3)
        let digest = Digest.ofBytes(try #require(members.first { $0.name == "SHA256SUMS" }).bytes).hex
        #expect(await run("verify", path, "--pubkey", key, "--allow-unsigned", digest) == 0)
        #expect(await run("verify", path, "--pubkey", key, "--allow-unsigned", Digest.ofBytes([]).hex) == 3)
        #expect(await run("verify", path, "--pubkey", key, "--allow-unsigned", "yes") == 64)
    }

    @Test func extractsTheTreeAsInstalled() async throws {
        let out = scratch.path / "out"
        #expect(await run("extract", bundle, "-C", out.text, "--pubkey", key) == 0)
        #expect(try FileSystem.list(out) == ["bin", "docs", "share"])
        for (path, text) in fixture.files {
            #expect(try FileSystem.readAll(out / path, limit: 4096) == Array(text.utf8))
            #expect(try FileSystem.status(out / path)?.permissions == (path.hasPrefix("bin/") ? 0o755 : 0o644))
        }
        #expect(try FileSystem.readLink(out / "bin/www") == "web")
        // Again: nothing is written over.
        #expect(await run("extract", bundle, "-C", out.text, "--pubkey", key) == 1)
        let part = scratch.path / "part"
        #expect(await run("extract", bundle, "share/", "-C", part.text, "--pubkey", key) == 0)
        #expect(try FileSystem.list(part) == ["share"])
        #expect(await run("extract", bundle, "nothing", "-C", part.text, "--pubkey", key) == 10)
    }
}
