// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Cryptography
import HostSystem
import Reporting
import Testing
import Trust

@testable import EngineFakes
@testable import Installer

/// Damage is what was changed; what only lost its signers is none, once the release is gone.
@Suite struct EvidenceComparerTests {
    private func codes(_ findings: [AuditFinding]) -> [String] { findings.map { "\($0.weight) \($0.code)" } }

    @Test func whatLostItsSignersIsANoteOnceItIsGone() async throws {
        let audited = try await AuditedHost()
        let revoked = Keyring(keys: [audited.key.publicKey], revoked: [audited.key.publicKey.fingerprint])
        #expect(codes(try audited.prove(revoked, isHeld: true)) == ["damage evidence-untrusted"])
        #expect(codes(try audited.prove(revoked, isHeld: false)) == ["note evidence-untrusted"])
        #expect(codes(try audited.prove(Keyring(keys: []), isHeld: false)) == ["note evidence-untrusted"])
    }

    /// Forged evidence does not become clean by `prune`, nor by keys that go.
    @Test(arguments: ["README.txt", "manifest.json", "files.sha256", "packs.index", "sbom/release.cdx.json"])
    func aChangedDocumentIsDamageForEver(_ name: String) async throws {
        let audited = try await AuditedHost()
        try audited.write("x", audited.evidence / name)
        let known = Keyring(keys: [audited.key.publicKey])
        for (keyring, isHeld) in [(known, true), (known, false), (Keyring(keys: []), false)] {
            let findings = try audited.prove(keyring, isHeld: isHeld).filter { $0.weight == .damage }
            #expect(findings.map(\.code) == ["evidence-changed"])
            #expect(findings.map(\.place) == [(audited.evidence / name).text])
        }
    }

    @Test func aSignatureThatDoesNotHoldIsDamageForEver() async throws {
        let audited = try await AuditedHost()
        let list = audited.evidence / "SHA256SUMS"
        var bytes = try FileSystem.readAll(list, limit: 1 << 20)
        bytes[3] = bytes[3] == 0x61 ? 0x62 : 0x61
        try FileSystem.write(bytes, to: list)
        let known = Keyring(keys: [audited.key.publicKey])
        #expect(codes(try audited.prove(known, isHeld: false)) == ["damage evidence-forged"])
        try FileSystem.removeTree(audited.evidence / "signatures")
        #expect(codes(try audited.prove(known, isHeld: false)) == ["damage evidence-forged"], "it came with signatures")
    }

    @Test func whatWasLetInUnsignedIsToldAsSuch() async throws {
        let audited = try await AuditedHost()
        try FileSystem.removeTree(audited.evidence / "signatures")
        let list = Digest.ofBytes(try FileSystem.readAll(audited.evidence / "SHA256SUMS", limit: 1 << 20))
        try audited.log(
            "install", [AuditEntry.Override(rule: "bundles are signed: \(list)", reason: "the lab is on fire")])
        for isHeld in [true, false] {
            let findings = try audited.prove(Keyring(keys: [audited.key.publicKey]), isHeld: isHeld)
            #expect(codes(findings) == ["note evidence-unsigned"])
            #expect(findings.first?.found?.contains("the lab is on fire") == true)
        }
    }

    /// The way back that a finding's advice names: the same bundle again.
    @Test(arguments: ["README.txt", "SHA256SUMS", "manifest.json", "files.sha256", "packs.index"])
    func theSameBundleMakesItWholeAgain(_ name: String) async throws {
        let audited = try await AuditedHost()
        let known = Keyring(keys: [audited.key.publicKey])
        func renew() throws -> [String] {
            let head = try UnverifiedBundle.open(audited.root / "lake.bundle").proveHead(by: known)
            return try BundleSource(head, layout: audited.layout).renewEvidence()
        }
        #expect(try renew() == [], "nothing differs")
        try audited.write("x", audited.evidence / name)
        #expect(try audited.prove(known, isHeld: true) != [])
        #expect(try renew() == [name])
        #expect(try audited.prove(known, isHeld: true) == [])
    }
}
