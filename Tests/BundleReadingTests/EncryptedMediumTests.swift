// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import BundleFormat
import BundleReading
import Cryptography
import HostSystem
import PackStorage
import TestSupport
import Testing
import Trust

/// A bundle that is read through its encryption: proven, staged, and its packs read by several threads at once.
@Suite struct EncryptedMediumTests {
    private let scratch: ScratchDirectory
    private let keyring: Keyring
    private let identity: AgeIdentity
    private let path: HostPath
    private let large: String

    init() throws {
        var (fixture, key) = try BundleFixture.signed()
        // Packs that begin and end anywhere in a chunk.
        large = (0..<40_000).map { "line \($0)\n" }.joined()
        fixture.files["share/large"] = large
        for number in 0..<8 { fixture.files["share/\(number)"] = String(large.dropFirst(number * 30_000 + 1)) }
        scratch = try ScratchDirectory()
        keyring = Keyring(keys: [key.publicKey])
        identity = try AgeIdentity.generate()
        path = scratch.path / "a.bundle.age"
        let file = try HostFile.open(path, .create(permissions: 0o600))
        let writer = try AgeWriter(to: file, recipients: [identity.recipient])
        try fixture.bytes().withUnsafeBytes { try writer.write($0) }
        try writer.finish()
    }

    private func open() throws -> ProvenHead {
        try UnverifiedBundle.open(path) { [identity] }.proveHead(by: keyring)
    }

    @Test func stagesThePlainContentAndNothingElse() throws {
        let target = scratch.path / "staged"
        try FileSystem.createDirectories(target, permissions: 0o700)
        let staged = try open().stageBody(into: target)
        for member in staged.members {
            let bytes = try FileSystem.readAll(target / member.name.description, limit: 1 << 20)
            #expect(Digest.ofBytes(bytes) == member.digest)
        }
        #expect(try FileSystem.list(scratch.path).sorted() == ["a.bundle.age", "staged"])
    }

    @Test func packsAreReadSideBySide() async throws {
        let verified = try open().verifyBody()
        let reader = PackReader(index: verified.head.packs, source: try MediumPacks(verified))
        let wanted = verified.head.files.entries.map(\.digest).filter { verified.head.packs.holds($0) }
        #expect(wanted.count > 8)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for digest in wanted + wanted.reversed() {
                group.addTask {
                    let sink = CollectingSink()
                    try reader.write(digest, to: sink)
                    #expect(Digest.ofBytes(sink.bytes) == digest)
                }
            }
            try await group.waitForAll()
        }
    }

    /// What was proven is what is used: a chunk that is changed between two reads never comes out, and a file that grew is
    /// noticed.
    @Test func noticesWhatChangesMeanwhile() throws {
        let size = try HostFile.open(path, .read).size()
        let changed = try open()
        try HostFile.open(path, .change).write([0, 1, 2, 3], at: size / 2)
        #expect(throws: AgeError.self) { try changed.verifyBody() }
        #expect(throws: AgeError.self) { try open().verifyBody() }
    }

    @Test func noticesAFileThatGrew() throws {
        let head = try open()
        let file = try HostFile.open(path, .append(permissions: 0o600))
        try file.write([0])
        #expect(throws: BundleError.changedWhileRead) { try head.verifyBody() }
        #expect(throws: AgeError.self) { try open() }
    }
}
