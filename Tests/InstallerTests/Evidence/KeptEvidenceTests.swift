// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
import Testing

@testable import Installer

/// What proves a release later is kept for ever once it served, and never mixed with what another bundle of it brought.
@Suite final class KeptEvidenceTests {
    let root: HostPath
    let layout: HostLayout
    let digest = Digest.ofBytes([1])
    var directory: String { "1.0.0-\(digest.short)" }
    var path: HostPath { layout.evidence(directory) }
    var evidence: KeptEvidence { KeptEvidence(layout: layout, directory: directory) }

    init() throws {
        root = try FileSystem.createTemporaryDirectory()
        layout = HostLayout(root: root, product: try #require(ReleaseName("shop")))
        try FileSystem.createDirectories(path / "signatures")
        for name in ["README.txt", "SHA256SUMS", "signatures/a.minisig", "manifest.json", "packs.index"] {
            try FileSystem.write(Array(name.utf8), to: path / name)
        }
    }

    deinit { _ = try? FileSystem.removeTree(root) }

    private func serve() throws -> StateStore {
        let store = StateStore(layout: layout)
        var record = try store.load() ?? StateRecord(name: layout.product, addressIndex: 0)
        record.releases = [
            ReleaseRecord(
                version: Version(major: 1, minor: 0, patch: 0), digest: digest, directory: directory, installedAt: 1,
                settings: digest)
        ]
        try store.commit(record)
        return store
    }

    @Test func ofWhatNeverServedNothingStays() throws {
        try evidence.removeUnlessForEver()
        #expect(try !FileSystem.exists(path))
    }

    @Test func ofWhatServedOnceAllStays() throws {
        let store = try serve()
        var record = try #require(try store.load())
        record.releases = []
        try store.commit(record)
        try evidence.removeUnlessForEver()
        #expect(try FileSystem.exists(path / "SHA256SUMS"), "pruned since")
        try store.remember(try #require(try store.load()))
        try store.remove()
        try evidence.removeUnlessForEver()
        #expect(try FileSystem.exists(path / "SHA256SUMS"), "removed since")
        try store.forget()
        try FileSystem.write([1], to: path / "plan.json")
        try evidence.removeUnlessForEver()
        #expect(try FileSystem.exists(path / "SHA256SUMS"), "removed with its data since: its plan is there")
    }

    @Test func anotherBundleOfTheSameReleasePutsTheFormerAside() throws {
        try evidence.putFormerCarrierAside(for: Array("SHA256SUMS".utf8))
        #expect(try FileSystem.exists(path / "signatures/a.minisig"), "the same again")
        try evidence.putFormerCarrierAside(for: [9])
        #expect(try FileSystem.list(path) == ["carriers", "manifest.json"])
        let aside = path / "carriers" / Digest.ofBytes(Array("SHA256SUMS".utf8)).short
        #expect(try FileSystem.list(aside) == ["README.txt", "SHA256SUMS", "packs.index", "signatures"])
    }

    @Test func aCrashInTheMiddleIsGoneOnWith() throws {
        let aside = path / "carriers" / Digest.ofBytes(Array("SHA256SUMS".utf8)).short
        try FileSystem.createDirectories(aside)
        try FileSystem.rename(path / "signatures", to: aside / "signatures")
        try evidence.putFormerCarrierAside(for: [9])
        #expect(try FileSystem.list(aside) == ["README.txt", "SHA256SUMS", "packs.index", "signatures"])
        // The next one died before its list was there: its signatures are not to be taken for another's.
        try FileSystem.createDirectories(path / "signatures")
        try FileSystem.write([1], to: path / "signatures/b.minisig")
        try evidence.putFormerCarrierAside(for: [8])
        #expect(try !FileSystem.exists(path / "signatures"))
    }
}
