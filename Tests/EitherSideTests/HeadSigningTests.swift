// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import TestSupport
import Testing
import Trust

@testable import Commands

/// The head of a bundle goes to where the key is, is signed there, and its signature comes back.
@Suite struct HeadSigningTests {
    let scratch: ScratchDirectory
    let original: [UInt8]
    let bundle: HostPath
    let head: HostPath
    let key: (secret: String, open: String)

    init() async throws {
        scratch = try ScratchDirectory()
        var fixture = BundleFixture()
        fixture.files["share/large"] = String(repeating: "0123456789abcdef", count: 1 << 16)
        original = try fixture.bytes()
        bundle = try scratch.write("a.bundle", original)
        head = scratch.path / "a.head"
        key = ((scratch.path / "k.key").text, (scratch.path / "k.pub").text)
        #expect(await run("key", "generate", "-o", key.secret, "--no-password") == 0)
    }

    private func run(_ arguments: String...) async -> Int32 { await Entry.run(arguments) }

    private func bytes(_ path: HostPath) throws -> [UInt8] { try FileSystem.readAll(path, limit: 4 << 20) }

    @Test func goesOutAndComesBack() async throws {
        #expect(await run("sign", bundle.text, "--detached", "-o", head.text) == 0)
        let carried = try bytes(head)
        #expect(carried.count < 64 << 10)
        #expect(original.starts(with: carried.dropLast(1024)))
        #expect(try bytes(bundle) == original)
        let listed = try await SystemCommandRunner().run(Command(["tar", "tf", head.text]))
        #expect(
            listed.outputText.split(separator: "\n") == [
                "README.txt", "SHA256SUMS", "signatures/.reserve", "manifest.json", "files.sha256", "packs.index",
            ])
        // There: what would be signed is shown without a key, and showing writes nothing.
        #expect(await run("sign", head.text, "--dry-run", "--json") == 0)
        #expect(try bytes(head) == carried)
        #expect(await run("sign", head.text, "--key", key.secret) == 0)
        #expect(await run("inspect", head.text, "--pubkey", key.open) == 0)
        // A head is no bundle, and none that was cut off either.
        #expect(throws: HeadAlone.self) { try HeadAlone.refuse(BundleSigning(head).head, path: head.text) }
        try HeadAlone.refuse(BundleSigning(bundle).head, path: bundle.text)
        #expect(await run("verify", head.text, "--pubkey", key.open) == 65)
        // Here again. The same bytes as if the key had been here.
        #expect(await run("sign", bundle.text, "--attach", head.text, "--pubkey", key.open) == 0)
        #expect(await run("verify", bundle.text, "--pubkey", key.open) == 0)
        let attached = try bytes(bundle)
        try FileSystem.write(original, to: bundle)
        #expect(await run("sign", bundle.text, "--key", key.secret) == 0)
        #expect(try bytes(bundle) == attached)
        #expect(await run("sign", bundle.text, "--attach", head.text, "--pubkey", key.open) == 1)
    }

    /// The keys of role release of a trust root are public keys at hand, too.
    @Test func aTrustRootSaysWhoseSignaturesAreAttached() async throws {
        #expect(await run("sign", bundle.text, "--detached", "-o", head.text) == 0)
        #expect(await run("sign", head.text, "--key", key.secret) == 0)
        let stranger = try scratch.write("9.json", TrustRoot(adopting: SigningKey.generate().publicKey).encode())
        #expect(await run("sign", bundle.text, "--attach", head.text, "--trust", stranger.text) == 3)
        let root = try scratch.write(
            "1.json", TrustRoot(adopting: KeyFiles.publicKey(HostPath(key.open))).encode())
        #expect(await run("sign", bundle.text, "--attach", head.text, "--trust", root.text) == 0)
        #expect(await run("verify", bundle.text, "--trust", root.text) == 0)
        #expect(await run("sign", bundle.text, "--trust", root.text, "--key", key.secret) == 64)
    }

    @Test func onlyThisBundlesHead() async throws {
        var other = BundleFixture()
        other.files["bin/web"] = "#!/bin/sh\nexec sleep 1001\n"
        let another = try scratch.write("b.bundle", other.bytes())
        #expect(await run("sign", another.text, "--detached", "-o", head.text) == 0)
        #expect(await run("sign", head.text, "--key", key.secret) == 0)
        #expect(await run("sign", bundle.text, "--attach", head.text, "--pubkey", key.open) == 3)
        #expect(try bytes(bundle) == original)
        // Nothing is written over, and an unsigned head brings nothing.
        #expect(await run("sign", bundle.text, "--detached", "-o", head.text) == 1)
        let own = scratch.path / "own.head"
        #expect(await run("sign", bundle.text, "--detached", "-o", own.text) == 0)
        #expect(await run("sign", bundle.text, "--attach", own.text, "--pubkey", key.open) == 1)
        // A signature whose key is not at hand, and one that is bent.
        #expect(await run("sign", own.text, "--key", key.secret) == 0)
        let stranger = (scratch.path / "s.key").text
        #expect(await run("key", "generate", "-o", stranger, "--no-password") == 0)
        let strangerOpen = (scratch.path / "s.pub").text
        #expect(await run("sign", bundle.text, "--attach", own.text, "--pubkey", strangerOpen) == 3)
        #expect(try bytes(bundle) == original)
        var bent = try bytes(own)
        let place = try #require(bent.indices.first { bent[$0...].starts(with: "trusted comment: bundle".utf8) })
        bent[place + 20] ^= 1
        try FileSystem.write(bent, to: own)
        #expect(await run("sign", bundle.text, "--attach", own.text, "--pubkey", key.open) == 3)
        #expect(try bytes(bundle) == original)
    }

    /// What the signer is shown is what is signed: a head whose index or file list was changed on the way is refused.
    @Test(arguments: ["manifest.json", "files.sha256", "packs.index", "README.txt"])
    func signerSeesAChangedHead(member: String) async throws {
        #expect(await run("sign", bundle.text, "--detached", "-o", head.text) == 0)
        var changed = try bytes(head)
        let header = try #require(
            stride(from: 0, to: changed.count, by: 512).first {
                changed[$0...].starts(with: Array(member.utf8) + [0])
            })
        changed[header + 512 + 90] ^= 1
        try FileSystem.write(changed, to: head)
        #expect(await run("sign", head.text, "--key", key.secret) == 65)
        #expect(try bytes(head) == changed)
    }

    @Test func oneThingAtATime() async throws {
        #expect(await run("sign", bundle.text, "--detached", "--key", key.secret) == 64)
        #expect(await run("sign", bundle.text, "--detached", "--dry-run") == 64)
        #expect(await run("sign", bundle.text, "--detached", "--attach", key.open) == 64)
        #expect(await run("sign", bundle.text, "-o", head.text, "--key", key.secret) == 64)
        #expect(await run("sign", bundle.text, "--attach", bundle.text, "--key", key.secret) == 64)
        #expect(try bytes(bundle) == original)
    }
}
