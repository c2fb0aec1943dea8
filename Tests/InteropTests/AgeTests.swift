// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import BundleFormat
import BundleReading
import Cryptography
import HostSystem
import TestSupport
import Testing
import Trust

/// The stock age, both ways: its keys and files here, ours there.
@Suite(.enabled(if: Workbench.has("age", "age-keygen"), "age is not installed"), .serialized)
struct AgeTests {
    /// Not a multiple of a chunk, and more than two of them.
    private let text = (0..<150_000).map { UInt8(truncatingIfNeeded: $0 &* 7 ^ $0 >> 9) }

    private func identities(_ bench: Workbench, _ name: String) throws -> [AgeIdentity] {
        var bytes = try bench.get(name)
        return try AgeIdentity.list(file: SecretBytes(wiping: &bytes))
    }

    private func encrypt(_ bytes: [UInt8], to path: HostPath, for recipients: [AgeRecipient]) throws {
        let file = try HostFile.open(path, .create(permissions: 0o644))
        let writer = try AgeWriter(to: file, recipients: recipients)
        try bytes.withUnsafeBytes { try writer.write($0) }
        try writer.finish()
    }

    private func decrypt(_ path: HostPath, _ identities: [AgeIdentity]) throws -> [UInt8] {
        let file = try HostFile.open(path, .read)
        let reader = try AgeReader(file, fileBytes: file.size()) { identities }
        var bytes = [UInt8](repeating: 0, count: Int(reader.size))
        let count = try bytes.withUnsafeMutableBytes { try reader.fill(at: 0, $0) }
        return Array(bytes[..<count])
    }

    @Test func opensWhatWeEncrypt() async throws {
        let bench = try Workbench()
        let ours = try AgeIdentity.generate()
        try bench.put("ours.txt", ours.file())
        #expect(try await bench.run("age-keygen", "-o", "theirs.txt").status == 0)
        let theirs = try identities(bench, "theirs.txt")
        let shown = try await bench.run("age-keygen", "-y", "ours.txt")
        #expect(shown.outputText == ours.recipient.text + "\n")
        for bytes in [[], Array(text.prefix(65_536)), text] {
            _ = try FileSystem.remove(bench.path / "a.age")
            try encrypt(bytes, to: bench.path / "a.age", for: [ours.recipient] + theirs.map(\.recipient))
            for identity in ["ours.txt", "theirs.txt"] {
                let opened = try await bench.run("age", "-d", "-i", identity, "-o", "a.out", "a.age")
                #expect(opened.status == 0, "\(opened.errorText)")
                // age makes no output of nothing.
                #expect(try bytes.isEmpty || bench.get("a.out") == bytes)
            }
        }
    }

    @Test func makesWhatWeOpen() async throws {
        let bench = try Workbench()
        #expect(try await bench.run("age-keygen", "-o", "theirs.txt").status == 0)
        let theirs = try identities(bench, "theirs.txt")
        let ours = try AgeIdentity.generate()
        try bench.put("recipients.txt", Array("# both\n\(ours.recipient.text)\n\(theirs[0].recipient.text)\n".utf8))
        try bench.put("text", text)
        let made = try await bench.run("age", "-R", "recipients.txt", "-o", "a.age", "text")
        #expect(made.status == 0, "\(made.errorText)")
        #expect(try decrypt(bench.path / "a.age", [ours]) == text)
        #expect(try decrypt(bench.path / "a.age", theirs) == text)
        #expect(throws: AgeError.notForUs([.x25519, .x25519])) {
            try decrypt(bench.path / "a.age", [AgeIdentity.generate()])
        }
        #expect(try await bench.run("age", "-a", "-R", "recipients.txt", "-o", "b.age", "text").status == 0)
        #expect(throws: AgeError.armored) { try decrypt(bench.path / "b.age", theirs) }
    }

    /// A bundle that stock age wrapped is proven through it.
    @Test func provesABundleThatAgeWrapped() async throws {
        let bench = try Workbench()
        let (fixture, key) = try BundleFixture.signed()
        let ours = try AgeIdentity.generate()
        try bench.put("a.bundle", fixture.bytes())
        #expect(try await bench.run("age", "-r", ours.recipient.text, "-o", "a.age", "a.bundle").status == 0)
        let head = try UnverifiedBundle.open(bench.path / "a.age") { [ours] }
            .proveHead(by: Keyring(keys: [key.publicKey]))
        #expect(try head.verifyBody().members.count == head.bodyMembers.count)
        #expect(throws: BundleError.encrypted) { try UnverifiedBundle.open(bench.path / "a.age") }
    }
}
