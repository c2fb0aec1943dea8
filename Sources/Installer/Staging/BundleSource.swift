// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import BundleReading
package import HostRecords
import HostSystem
import PackStorage
import Trust

/// A release on a medium: its head is proven, and the few packs that planning needs are read ahead of the rest.
package final class BundleSource: ReleaseSource {
    package let head: ProvenHead
    private let layout: HostLayout
    /// Proven copies of packs, ours alone: a medium that answers differently the second time changes nothing.
    private let readAhead: HostPath
    package let digest: Digest

    package init(_ head: ProvenHead, layout: HostLayout) throws {
        self.head = head
        self.layout = layout
        digest = head.releaseDigest
        readAhead = try FileSystem.createTemporaryDirectory()
    }

    deinit { _ = try? FileSystem.removeTree(readAhead) }

    package var manifest: Manifest { head.manifest }

    /// Whether the host holds it whole already: then nothing is staged or unpacked again.
    package private(set) lazy var delivery: (any ReleaseDelivery)? = {
        let isHere = (try? FileSystem.exists(layout.release(directory))) ?? false
        return isHere ? nil : BundleDelivery(head: head, digest: digest, layout: layout)
    }()

    package func fileDigest(_ path: ReleasePath) -> Digest? { head.files.digest(of: path) }

    package func fileDigests(below directory: String) -> [Digest] {
        head.files.entries.filter { $0.path.text.hasPrefix(directory + "/") }.map(\.digest)
    }

    package var fileNames: [String] { head.files.entries.compactMap { $0.path.segments.last.map(String.init) } }

    package func read(_ path: ReleasePath) throws -> [UInt8] {
        guard let wanted = head.files.digest(of: path), let content = head.packs.content(wanted) else {
            throw BundleError.noSuchMember(path.text)
        }
        for number in Set(content.ranges.map(\.pack)) {
            let pack = head.packs.packs[number]
            let place = readAhead / pack.fileName
            guard try !FileSystem.exists(place) else { continue }
            let bytes = try head.readMember(pack.member, limit: Limits.packUnpackedBytes)
            try FileSystem.write(bytes, to: place, permissions: 0o600)
        }
        return try PackReader(index: head.packs, source: PackStore(readAhead))
            .bytes(of: wanted, limit: Limits.packUnpackedBytes)
    }

    /// Writes the evidence of a release that this host holds again, where it is not what this proven bundle brings
    /// (host-state §17.3): the way back for evidence that was damaged. What another carrier brought goes aside, as ever.
    /// - Returns: the documents that were written. None by a bundle that nobody signed.
    package func renewEvidence() throws -> [String] {
        guard delivery == nil, !head.verdict.established.isEmpty else { return [] }
        let place = layout.evidence(directory)
        var documents = head.evidence.map { ($0.name.description, $0.bytes) }
        documents.append((PackIndex.name, head.packs.bytes))
        let differing = documents.filter { name, bytes in
            let held = try? FileSystem.readAll(place / name, limit: bytes.count + 1, followLinks: false)
            return held != bytes
        }
        guard !differing.isEmpty else { return [] }
        try BundleDelivery(head: head, digest: digest, layout: layout).keepEvidence()
        return differing.map { name, _ in name }
    }
}
