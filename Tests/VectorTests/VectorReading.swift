// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Cryptography
import HostSystem
import Reporting
import TestSupport
import Trust
import VectorMaking

/// Gives a vector to the code that reads such a file on a real host.
struct VectorReading {
    let vector: Vector

    struct Unread: Error {
        let vector: String
    }

    /// - Returns: the class of the error that was thrown; nil for an error of no class.
    func answer() async -> (found: RefusalClass?, error: (any Error)?) {
        do {
            try await read()
            return (.good, nil)
        } catch {
            return (RefusalClass(error), error)
        }
    }

    private func read() async throws {
        switch vector.kind {
        case .bundle: try withFile { _ = try prove($0).verifyBody() }
        case .unpack: try await unpack()
        case .chain: try withFile { try chain($0) }
        case .publicKey: _ = try MinisignPublicKey(file: vector.bytes)
        case .secretKey: try openKey()
        case .signature: try signature()
        case .root: _ = try TrustRoot.decode(vector.bytes)
        case .admission: try admission()
        case .document: try document()
        case .receipt: _ = try ProvenReceipt.judge(vector.bytes, signature: vector.beside[0], by: keyring)
        }
    }

    private var keyring: Keyring {
        get throws {
            Keyring(
                keys: try vector.believed.map { try TestKeys.key($0).publicKey },
                revoked: Set(try vector.revoked.map { try TestKeys.key($0).publicKey.fingerprint }),
                threshold: vector.threshold)
        }
    }

    private func withFile(_ body: (HostPath) throws -> Void) throws {
        let scratch = try ScratchDirectory()
        try body(try scratch.write("a.bundle", vector.bytes))
    }

    private func prove(_ path: HostPath) throws -> ProvenHead {
        try UnverifiedBundle.open(path).proveHead(by: keyring)
    }

    /// As an installation does: everything is proven while it is copied, and decoded out of the copy.
    private func unpack() async throws {
        let scratch = try ScratchDirectory()
        let path = try scratch.write("a.bundle", vector.bytes)
        // The bundle itself must prove: these are faults of its packs alone.
        do { _ = try prove(path).verifyBody() } catch { throw Unread(vector: vector.name) }
        for name in ["staging", "tree"] { try FileSystem.createDirectory(scratch.path / name, permissions: 0o700) }
        let staged = try prove(path).stageBody(into: scratch.path / "staging")
        _ = try await staged.writeTree(into: scratch.path / "tree", jobs: 1) { _ in true }
    }

    /// As a host does: first whose keys count, then whether they signed, then whether the release is let in.
    private func chain(_ path: HostPath) throws {
        let bundle = try UnverifiedBundle.open(path)
        let chain = try TrustChain(vouched: TrustLink(number: 1, bytes: VectorSet.firstRoot(), signatures: []))
            .following(bundle.claimed.trustLinks).chain
        let head = try bundle.proveHead(by: chain.newest.root.keyring(for: .release))
        try chain.newest.root.allow(head.identity)
        _ = try head.verifyBody()
    }

    private func openKey() throws {
        var bytes = vector.bytes
        let file = try SecretKeyFile(file: SecretBytes(wiping: &bytes))
        var password = Array((vector.password ?? "").utf8)
        _ = try file.open(password: vector.password == nil ? nil : SecretBytes(wiping: &password))
    }

    private func signature() throws {
        guard let name = vector.believed.first, let product = ReleaseName("demo"), let version = Version("1.2.3") else {
            throw Unread(vector: vector.name)
        }
        _ = try ReleaseSigner.attach(
            vector.bytes, to: CommonDocuments.checksums,
            of: ReleaseIdentity(name: product, version: version, arch: .amd64), by: TestKeys.key(name).publicKey)
    }

    private func admission() throws {
        guard let product = ReleaseName("demo"), let version = Version("1.2.3") else {
            throw Unread(vector: vector.name)
        }
        try TrustRoot.decode(vector.bytes).allow(ReleaseIdentity(name: product, version: version, arch: .amd64))
    }

    private func document() throws {
        guard let kind = vector.documentKind.flatMap({ DocumentKind(rawValue: $0) }) else {
            throw Unread(vector: vector.name)
        }
        let signatures = try vector.beside.map { try MinisignSignature(file: $0) }
        _ = try keyring.judge(document: vector.bytes, kind: kind, signatures: signatures)
    }
}
