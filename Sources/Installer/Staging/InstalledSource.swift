// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
package import HostRecords
package import HostSystem

/// A release that this host holds already, read back from its evidence and proven again by its digest.
package final class InstalledSource: ReleaseSource {
    package let manifest: Manifest
    package let digest: Digest
    private let files: FileList
    private let tree: HostPath
    private let layout: HostLayout

    package convenience init(_ release: ReleaseRecord, layout: HostLayout) throws {
        try self.init(directory: release.directory, digest: release.digest, layout: layout)
    }

    /// - Parameters:
    ///   - directory: `VERSION-DIGEST12`, installed or staged.
    ///   - expected: the release digest, from the record or from what signatures cover.
    /// - Throws: `InstalledSourceError` when the evidence or a file is not what was installed.
    package init(directory: String, digest expected: Digest, layout: HostLayout) throws {
        let evidence = layout.evidence(directory)
        let bytes = try FileSystem.readAll(evidence / ManifestDocument.name, limit: Limits.manifestBytes)
        let found = Digest.ofBytes(bytes)
        guard found == expected else {
            throw InstalledSourceError.damaged(
                path: evidence / ManifestDocument.name, expected: expected, found: found)
        }
        manifest = try ManifestDocument.decode(bytes)
        digest = found
        let list = try FileSystem.readAll(evidence / FileList.name, limit: Limits.fileListBytes)
        let listDigest = Digest.ofBytes(list)
        guard listDigest == manifest.tree.sha256 else {
            throw InstalledSourceError.damaged(
                path: evidence / FileList.name, expected: manifest.tree.sha256, found: listDigest)
        }
        files = try FileList(parsing: list)
        tree = layout.release(directory)
        self.layout = layout
    }

    package var isHeld: Bool { true }

    /// The host's own packs, for images that the container runtime has lost or never had.
    package private(set) lazy var delivery: (any ReleaseDelivery)? = {
        guard !manifest.images.isEmpty, let index = try? KeptIndex.read(layout.evidence(directory)) else { return nil }
        return HeldPacks(index: index, packs: layout.packs)
    }()

    package func fileDigest(_ path: ReleasePath) -> Digest? { files.digest(of: path) }

    package func fileDigests(below directory: String) -> [Digest] {
        files.entries.filter { $0.path.text.hasPrefix(directory + "/") }.map(\.digest)
    }

    package var fileNames: [String] { files.entries.compactMap { $0.path.segments.last.map(String.init) } }

    package func read(_ path: ReleasePath) throws -> [UInt8] {
        let place = tree / path.text
        let bytes = try FileSystem.readAll(place, limit: Limits.packUnpackedBytes, followLinks: false)
        guard let expected = files.digest(of: path), Digest.ofBytes(bytes) == expected else {
            throw InstalledSourceError.damaged(
                path: place, expected: files.digest(of: path), found: Digest.ofBytes(bytes))
        }
        return bytes
    }

    /// Hashes every file of the tree again: what `rollback` goes back to must be what was installed.
    package func verifyTree() throws {
        let hash = StreamHash()
        for entry in files.entries {
            let place = tree / entry.path.text
            let found = try hash.digest(of: HostFile.open(place, .read, followLinks: false))
            guard found == entry.digest else {
                throw InstalledSourceError.damaged(path: place, expected: entry.digest, found: found)
            }
        }
    }
}

package enum InstalledSourceError: Error, Equatable, Sendable {
    /// A file on this host is not the one that was installed.
    case damaged(path: HostPath, expected: Digest?, found: Digest)
}
