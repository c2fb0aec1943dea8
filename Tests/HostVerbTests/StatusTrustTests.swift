// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleSpecs
import Cryptography
import HostRecords
import HostSystem
import Testing
import Trust

@testable import Commands

/// Whom a host believes, as `status` says it.
struct StatusTrustTests {
    private struct Unreadable: Error {}

    @Test func whatCannotBeReadIsSaid() throws {
        let root = try TrustRoot(adopting: SigningKey.generate().publicKey)
        let well = StatusTrust(trust: { root }, policy: { HostPolicy() })
        #expect(well.warnings.isEmpty && well.text == "host: trust root 1 is believed here\n")
        let path = "/etc/bundle/policy.yaml"
        let bent = StatusTrust(
            trust: { throw Unreadable() }, policy: { throw HostTrustError.writableByOthers(path: path) })
        #expect(bent.root == nil && bent.warnings.count == 2)
        #expect(bent.warnings[1].contains(path) && bent.text.contains("no trust root"))
    }

    @Test func whoSignedWhatServes() throws {
        let place = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(place) }
        let key = try SigningKey.generate()
        let release = ReleaseIdentity(
            name: try #require(ReleaseName("shop")), version: try #require(Version("1.2.3")), arch: .amd64)
        let digest = Digest.ofBytes([1])
        let layout = HostLayout(root: place, product: release.name)
        let directory = "1.2.3-\(digest.short)"
        let evidence = layout.evidence(directory)
        let rest = ["files.sha256", "packs.index"].map { "\(Digest.ofBytes([3]).hex)  \($0)\n" }.joined()
        let list = Array("\(Digest.ofBytes([2]).hex)  README.txt\n\(digest.hex)  manifest.json\n\(rest)".utf8)
        let active = ActiveRelease(
            version: release.version, digest: digest, directory: directory, slot: .blue, since: 1, phase: .good,
            settings: digest, units: [])
        let trust = StatusTrust(trust: { TrustRoot(adopting: key.publicKey) }, policy: { HostPolicy() })
        guard case .unreadable = trust.signers(of: active, layout) else { return #expect(Bool(false), "no evidence") }
        try FileSystem.createDirectories(evidence / "signatures")
        try FileSystem.write(Array("\(Readme(release).firstLine)\n".utf8), to: evidence / "README.txt")
        try FileSystem.write(list, to: evidence / "SHA256SUMS")
        let signature = try ReleaseSigner.sign(list, of: release, releaseDigest: digest, with: key)
        try FileSystem.write(signature.bytes, to: evidence / "signatures/\(signature.name).minisig")
        #expect(trust.signers(of: active, layout) == .believed([key.publicKey.fingerprint]))
        let other = StatusTrust(
            trust: { TrustRoot(adopting: try SigningKey.generate().publicKey) }, policy: { HostPolicy() })
        #expect(other.signers(of: active, layout) == .nobody)
        #expect(StatusTrust(trust: { nil }, policy: { HostPolicy() }).signers(of: active, layout) == .unknown)
    }
}
