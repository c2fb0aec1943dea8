// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import PackStorage

/// What a host has of the contents that a delta needs, and where.
struct HeldContents: Sendable {
    /// A run of an installed file that becomes a pack as it is, where the packs that it came in are gone.
    struct Segment: Sendable {
        let path: HostPath
        let offset: Int64
        let length: Int64
    }

    /// The contents that were found, in packs of the store and in those of `segments`.
    let index: PackIndex
    /// By the digest of the pack to be made.
    let segments: [Digest: Segment]
    /// Releases that the host has.
    let releases: Set<Digest>

    /// Only what is kept of it: the needed contents that the release is made of, and those that were coded against older ones,
    /// as far as they lie in packs by now. What was only older than one is not kept for that.
    func kept(for index: PackIndex, settled: PackIndex?, isReleased: (Digest) -> Bool) throws -> HeldContents {
        var joined = JoinedPacks()
        var contents: [PackIndex.Content] = []
        let older = Set(index.packs.compactMap(\.older))
        for content in self.index.contents where isReleased(content.digest) || !older.contains(content.digest) {
            contents.append(joined.take(content, from: self.index.packs))
        }
        if let settled {
            for content in settled.contents { contents.append(joined.take(content, from: settled.packs)) }
        }
        return HeldContents(
            index: try PackIndex(packs: joined.packs, contents: contents), segments: segments, releases: releases)
    }

    /// Makes a pack of installed bytes.
    /// - Parameter directory: exists; the pack is written anew (O_EXCL).
    func make(_ pack: PackIndex.Pack, in directory: HostPath) throws {
        guard let segment = segments[pack.digest] else { return }
        let file = try HostFile.open(
            directory / pack.fileName, .create(permissions: 0o600), followLinks: false)
        let hashed = HashingSink([file])
        let source = FileRange(
            try HostFile.openRegular(segment.path), offset: segment.offset, length: segment.length)
        try source.drain(into: hashed)
        guard hashed.digest == pack.digest else {
            throw InstalledSourceError.damaged(path: segment.path, expected: pack.digest, found: hashed.digest)
        }
    }
}

/// Packs in the first of several directories that has them.
struct LayeredPacks: PackSource {
    let stores: [PackStore]

    init(_ directories: [HostPath]) { stores = directories.map { PackStore($0) } }

    func open(_ pack: PackIndex.Pack) throws -> PackFile? {
        for store in stores {
            if let found = try store.open(pack) { return found }
        }
        return nil
    }
}
