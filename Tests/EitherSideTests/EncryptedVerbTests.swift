// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import BundleFormat
import Commands
import Cryptography
import HostSystem
import TestSupport
import Testing
import Trust

/// Verbs on a bundle that is encrypted for its journey: the same answers with an identity, and none without.
@Suite struct EncryptedVerbTests {
    let scratch: ScratchDirectory
    let fixture: BundleFixture
    let key: String
    let identity: AgeIdentity
    let identityFile: String

    init() throws {
        let (fixture, signer) = try BundleFixture.signed()
        self.fixture = fixture
        scratch = try ScratchDirectory()
        key = try scratch.write("key.pub", signer.publicKey.file).text
        identity = try AgeIdentity.generate()
        identityFile = try scratch.write("identity.txt", identity.file().withBytes { Array($0) }).text
    }

    private func run(_ arguments: String...) async -> Int32 { await Entry.run(arguments) }

    private func encrypted(_ name: String, _ bytes: [UInt8], for recipients: [AgeRecipient]? = nil) throws -> String {
        let path = scratch.path / name
        let file = try HostFile.open(path, .create(permissions: 0o644))
        let writer = try AgeWriter(to: file, recipients: recipients ?? [identity.recipient])
        try bytes.withUnsafeBytes { try writer.write($0) }
        try writer.finish()
        return path.text
    }

    @Test func looksInsideByIdentity() async throws {
        let bundle = try encrypted("a.bundle.age", fixture.bytes())
        for verb in ["verify", "inspect", "docs"] {
            #expect(await run(verb, bundle, "--pubkey", key, "--identity", identityFile) == 0)
        }
        let out = scratch.path / "out"
        #expect(await run("extract", bundle, "-C", out.text, "--pubkey", key, "--identity", identityFile) == 0)
        for (path, text) in fixture.files {
            #expect(try FileSystem.readAll(out / path, limit: 4096) == Array(text.utf8))
        }
        // Signatures count as ever: who encrypts is not who signs.
        let stranger = try scratch.write("stranger.pub", SigningKey.generate().publicKey.file).text
        #expect(await run("verify", bundle, "--pubkey", stranger, "--identity", identityFile) == 3)
        var changed = try fixture.bytes()
        changed[changed.count - 2000] ^= 1
        #expect(
            await run("verify", try encrypted("b.age", changed), "--pubkey", key, "--identity", identityFile) == 65)
        #expect(
            await run("verify", try encrypted("c.age", [1, 2, 3]), "--pubkey", key, "--identity", identityFile) == 65)
        // What is inside may not be encrypted once more.
        let twice = try encrypted("d.age", FileSystem.readAll(HostPath(bundle), limit: 1 << 20))
        #expect(await run("verify", twice, "--pubkey", key, "--identity", identityFile) == 65)
    }

    @Test func refusesWithoutTheIdentity() async throws {
        let bundle = try encrypted("a.bundle.age", fixture.bytes())
        let other = try scratch.write("other.txt", AgeIdentity.generate().file().withBytes { Array($0) }).text
        #expect(await run("verify", bundle, "--pubkey", key, "--identity", other) == 3)
        // Both: the one that fits is found.
        #expect(
            await run("verify", bundle, "--pubkey", key, "--identity", other, "--identity", identityFile) == 0)
        try FileSystem.setPermissions(HostPath(identityFile), 0o640)
        #expect(await run("verify", bundle, "--pubkey", key, "--identity", identityFile) == 3)
        #expect(await run("key", "show", identityFile) == 3)
        for text in [
            "age-encryption.org/v1\n", "AGE-SECRET-KEY-PQ-1ABC\n", "AGE-PLUGIN-X-1\n", "-----BEGIN OPENSSH\n", "x\n",
        ] {
            let bad = try scratch.write("bad.txt", Array(text.utf8)).text
            #expect(await run("verify", bundle, "--pubkey", key, "--identity", bad) == 3, "\(text)")
        }
        // An identity that is not needed is not read.
        let plain = try scratch.write("a.bundle", fixture.bytes()).text
        #expect(await run("verify", plain, "--pubkey", key, "--identity", "/nonexistent") == 0)
    }

    @Test func refusesACutAndADamagedFile() async throws {
        var large = fixture
        large.files["share/large"] = String(repeating: "0123456789abcdef", count: 20_000)
        let path = try encrypted("a.bundle.age", large.bytes())
        let whole = try FileSystem.readAll(HostPath(path), limit: 4 << 20)
        let sealed = 65_552
        let start = whole.count - whole.count % sealed
        for length in [10, 150, 250, start - sealed, start - 1, whole.count - 1] {
            let cut = try scratch.write("cut.age", Array(whole[..<length])).text
            #expect(await run("verify", cut, "--pubkey", key, "--identity", identityFile) == 65, "\(length)")
        }
        var damaged = whole
        damaged[3 * sealed] ^= 1
        let bad = try scratch.write("bad.age", damaged).text
        #expect(await run("verify", bad, "--pubkey", key, "--identity", identityFile) == 65)
        let armored = try scratch.write("x.age", Array("-----BEGIN AGE ENCRYPTED FILE-----\nYWdl\n".utf8)).text
        #expect(await run("verify", armored, "--pubkey", key, "--identity", identityFile) == 65)
    }

    @Test func signsOnlyBeforeEncrypting() async throws {
        let bundle = try encrypted("a.bundle.age", fixture.bytes())
        let before = try FileSystem.readAll(HostPath(bundle), limit: 1 << 20)
        let secret = (scratch.path / "one.key").text
        #expect(await run("key", "generate", "-o", secret, "--no-password") == 0)
        #expect(await run("sign", bundle, "--key", secret) == 64)
        #expect(try FileSystem.readAll(HostPath(bundle), limit: 1 << 20) == before)
    }

    @Test func makesAnIdentityOnce() async throws {
        let path = scratch.path / "new.txt"
        #expect(await run("key", "identity", "-o", path.text) == 0)
        #expect(try FileSystem.status(path)?.permissions == 0o600)
        let first = try FileSystem.readAll(path, limit: 4096)
        #expect(await run("key", "identity", "-o", path.text) == 1)
        #expect(try FileSystem.readAll(path, limit: 4096) == first)
        #expect(await run("key", "show", path.text) == 0)
        #expect(await run("key", "show", path.text, "--json") == 0)
    }
}
