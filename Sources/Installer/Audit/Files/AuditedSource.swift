// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
import PackStorage

/// A release as its proven evidence says it is. A template that was changed on disk is read out of the host's packs, so that
/// what it gives can be told, and mended.
final class AuditedSource: ReleaseSource {
    private let evidence: ProvenEvidence
    private let layout: HostLayout

    init(_ evidence: ProvenEvidence, layout: HostLayout) {
        self.evidence = evidence
        self.layout = layout
    }

    var manifest: Manifest { evidence.manifest }
    var digest: Digest { evidence.digest }
    var isHeld: Bool { true }
    func fileDigest(_ path: ReleasePath) -> Digest? { evidence.files.digest(of: path) }
    func fileDigests(below directory: String) -> [Digest] {
        evidence.files.entries.filter { $0.path.text.hasPrefix(directory + "/") }.map(\.digest)
    }
    var fileNames: [String] { evidence.files.entries.compactMap { $0.path.segments.last.map(String.init) } }

    var delivery: (any ReleaseDelivery)? {
        evidence.packs.map { HeldPacks(index: $0, packs: layout.packs) }
    }

    func read(_ path: ReleasePath) throws -> [UInt8] {
        guard let wanted = evidence.files.digest(of: path) else {
            throw InstalledSourceError.damaged(
                path: layout.release(directory) / path.text, expected: nil, found: .ofBytes([]))
        }
        let place = layout.release(directory) / path.text
        let bytes = try? FileSystem.readAll(place, limit: Limits.packUnpackedBytes, followLinks: false)
        if let bytes, Digest.ofBytes(bytes) == wanted { return bytes }
        guard let packs = evidence.packs, packs.holds(wanted) else {
            throw InstalledSourceError.damaged(path: place, expected: wanted, found: .ofBytes(bytes ?? []))
        }
        return try PackReader(index: packs, source: PackStore(layout.packs))
            .bytes(of: wanted, limit: Limits.packUnpackedBytes)
    }
}
