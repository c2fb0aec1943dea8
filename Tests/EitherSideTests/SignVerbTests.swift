// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Commands
import Cryptography
import HostSystem
import TestSupport
import Testing
import Trust

/// `key` and `sign`, by their exit statuses and by what they write.
@Suite struct SignVerbTests {
    let scratch: ScratchDirectory
    let original: [UInt8]
    let bundle: HostPath

    init() throws {
        scratch = try ScratchDirectory()
        original = try BundleFixture().bytes()
        bundle = try scratch.write("a.bundle", original)
    }

    private func run(_ arguments: String...) async -> Int32 { await Entry.run(arguments) }

    private func key(_ name: String) async throws -> (secret: String, open: String) {
        let secret = (scratch.path / "\(name).key").text
        #expect(await run("key", "generate", "-o", secret, "--no-password") == 0)
        return (secret, (scratch.path / "\(name).pub").text)
    }

    private func bytes() throws -> [UInt8] { try FileSystem.readAll(bundle, limit: 1 << 20) }

    /// Where two files of one size differ first and last.
    private func span(_ one: [UInt8], _ other: [UInt8]) -> ClosedRange<Int>? {
        guard let first = one.indices.first(where: { one[$0] != other[$0] }),
            let last = one.indices.last(where: { one[$0] != other[$0] })
        else { return nil }
        return first...last
    }

    @Test func signingMovesNoOtherByte() async throws {
        let one = try await key("one")
        let two = try await key("two")
        #expect(await run("verify", bundle.text, "--pubkey", one.open) == 3)
        #expect(await run("sign", bundle.text, "--key", one.secret) == 0)
        let signed = try bytes()
        #expect(signed.count == original.count)
        // The area begins behind README.txt and SHA256SUMS, whose headers say how long they are.
        let changed = try #require(span(original, signed))
        #expect(changed.upperBound - changed.lowerBound < Limits.signatureAreaBytes)
        #expect(await run("verify", bundle.text, "--pubkey", one.open) == 0)
        #expect(await run("verify", bundle.text, "--pubkey", two.open) == 3)
        // Again with the same key: the same bytes.
        #expect(await run("sign", bundle.text, "--key", one.secret) == 0)
        #expect(try bytes() == signed)
        // A second signer beside the first, in whichever order the fingerprints are.
        #expect(await run("sign", bundle.text, "--key", two.secret) == 0)
        #expect(await run("verify", bundle.text, "--pubkey", one.open) == 0)
        #expect(await run("verify", bundle.text, "--pubkey", two.open) == 0)
        let both = try bytes()
        try FileSystem.write(original, to: bundle)
        #expect(await run("sign", bundle.text, "--key", two.secret, "--key", one.secret) == 0)
        #expect(try bytes() == both)
    }

    /// Somebody's SHA256SUMS over another manifest is not signed unseen.
    @Test func signsOnlyAHeadThatHolds() async throws {
        let one = try await key("one")
        var other = BundleFixture()
        other.changeMembers = { members in
            for index in members.indices where members[index].name == "manifest.json" { members[index].bytes[9] ^= 1 }
        }
        let damaged = try other.bytes()
        try FileSystem.write(damaged, to: bundle)
        #expect(await run("sign", bundle.text, "--key", one.secret) == 65)
        #expect(try bytes() == damaged)
        try FileSystem.write(Array("no bundle".utf8), to: bundle)
        #expect(await run("sign", bundle.text, "--key", one.secret) == 65)
    }

    @Test func attachesWhatAnotherToolMade() async throws {
        let one = try await key("one")
        let secret = try SecretBytes(count: 262) { target in
            target.copyBytes(from: try FileSystem.readAll(HostPath(one.secret), limit: 262))
        }
        let signer = try SecretKeyFile(file: secret).open(password: nil)
        let list = try #require(BundleFixture().members().first { $0.name == "SHA256SUMS" }).bytes
        let stock = MinisignSignature(signing: list, trustedComment: "timestamp:1\tfile:SHA256SUMS", with: signer)
        let file = try scratch.write("s.minisig", stock.file(untrustedComment: "signature from minisign secret key"))
        #expect(await run("sign", bundle.text, "--attach", file.text, "--pubkey", one.open) == 0)
        #expect(await run("verify", bundle.text, "--pubkey", one.open) == 0)
        let two = try await key("two")
        #expect(await run("sign", bundle.text, "--attach", file.text, "--pubkey", two.open) == 3)
        let foreign = MinisignSignature(signing: list + [10], trustedComment: "x", with: signer)
        let wrong = try scratch.write("w.minisig", foreign.file(untrustedComment: "x"))
        #expect(await run("sign", bundle.text, "--attach", wrong.text, "--pubkey", one.open) == 3)
        #expect(await run("sign", bundle.text, "--attach", file.text, "--key", one.secret) == 64)
    }

    @Test func keysAreGuarded() async throws {
        let one = try await key("one")
        let path = HostPath(one.secret)
        #expect(try FileSystem.status(path)?.permissions == 0o600)
        #expect(await run("key", "generate", "-o", one.secret, "--no-password") == 1)
        #expect(await run("key", "generate", "-o", "name.pub", "--no-password") == 64)
        #expect(await run("key", "show", one.open) == 0)
        #expect(await run("key", "show", one.secret, "--json") == 0)
        for mode in [0o640, 0o604, 0o660] as [UInt16] {
            try FileSystem.setPermissions(path, mode)
            #expect(await run("sign", bundle.text, "--key", one.secret) == 3)
        }
        #expect(try bytes() == original)
        #expect(await run("sign", bundle.text, "--key", one.open) == 64)
        #expect(await run("sign", bundle.text, "--key", scratch.path.text) == 1)
    }

    @Test func passwordsComeFromFiles() async throws {
        let secret = (scratch.path / "p.key").text
        let right = try scratch.write("right", Array("pass word\n".utf8)).text
        let next = try scratch.write("next", Array("another\r\nsecond line".utf8)).text
        let empty = try scratch.write("empty", [10]).text
        #expect(await run("key", "generate", "-o", secret, "--password-file", empty) == 64)
        #expect(await run("key", "generate", "-o", secret, "--password-file", right) == 0)
        #expect(await run("key", "show", secret, "--password-file", next) == 1)
        #expect(await run("sign", bundle.text, "--key", secret, "--password-file", right) == 0)
        #expect(await run("key", "password", secret, "--password-file", right, "--new-password-file", next) == 0)
        #expect(try FileSystem.status(HostPath(secret))?.permissions == 0o600)
        #expect(await run("key", "show", secret, "--password-file", right) == 1)
        #expect(await run("key", "show", secret, "--password-file", next) == 0)
        #expect(await run("key", "password", secret, "--password-file", next, "--unencrypted") == 0)
        #expect(await run("key", "show", secret) == 0)
    }

    @Test func adoptionWantsTheFingerprint() async throws {
        let one = try await key("one")
        let two = try MinisignPublicKey(file: FileSystem.readAll(HostPath(try await key("two").open), limit: 4096))
        #expect(await run("trust", "adopt", one.open) == 64)
        #expect(await run("trust", "adopt", one.open, "--fingerprint", "abc") == 64)
        #expect(await run("trust", "adopt", one.open, "--fingerprint", two.fingerprint.hex) == 3)
        #expect(await run("trust", "adopt", one.open, "--fingerprint", two.fingerprint.spoken) == 3)
    }
}
