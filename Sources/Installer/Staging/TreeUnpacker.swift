// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import PackStorage
import Synchronization

/// Builds the immutable tree of a release out of proven packs and documents: beside its place first, then renamed, so
/// that a release directory that is there is whole.
struct TreeUnpacker: Sendable {
    let manifest: Manifest
    let files: FileList
    let index: PackIndex
    /// Where packs lie.
    let packs: any PackSource
    /// Where the members below `docs/` and `sbom/` lie, proven, under their names.
    let documents: HostPath

    /// - Parameter target: must not exist; its parent does.
    func unpack(to target: HostPath, progress: @escaping @Sendable (Int64, Int64) -> Void) async throws {
        try await begin(target, progress: progress)
        try finish(target)
    }

    /// All that comes out of packs, beside the tree's place.
    ///
    /// - Parameter arriving: packs that become available; without it all of them are.
    func begin(
        _ target: HostPath, as arriving: ArrivingPacks? = nil,
        progress: @escaping @Sendable (Int64, Int64) -> Void
    ) async throws {
        let building = TreeUnpacker.building(target)
        try FileSystem.removeTree(building)
        // As staging: nobody else runs a program of a release that is not proven to its end.
        try FileSystem.createDirectory(building, permissions: 0o700)
        try createDirectories(in: building)
        let executables = Set(manifest.executables.map(\.path))
        let targets = TreeTargets(files, below: building, executables: executables)
        let done = Mutex<Int64>(0)
        let total = manifest.tree.bytes
        try await PackReader(index: index, source: packs).unpack(all: targets, jobs: 2, as: arriving) { bytes in
            progress(
                done.withLock { sum in
                    sum += bytes; return sum
                }, total)
        }
    }

    /// The rest; then it is synced, and gets its name.
    func finish(_ target: HostPath) throws {
        let building = TreeUnpacker.building(target)
        for entry in files.entries where !index.holds(entry.digest) {
            try copyDocument(entry, to: building / entry.path.text)
        }
        for link in manifest.symlinks { try FileSystem.replaceSymlink(building / link.path.text, target: link.target) }
        try FileSystem.setPermissions(building, 0o755)
        try FileSystem.syncFileSystem(at: building)
        try FileSystem.renameNoReplace(building, to: target)
        try FileSystem.syncDirectory(target.parent)
    }

    /// Where a tree is until it is whole.
    static func building(_ target: HostPath) -> HostPath { target.parent / ".\(target.name).new" }

    private func createDirectories(in building: HostPath) throws {
        var made: Set<ReleasePath> = []
        func create(above path: ReleasePath) throws {
            for parent in path.parents where made.insert(parent).inserted {
                try FileSystem.createDirectory(building / parent.text)
            }
        }
        for entry in files.entries { try create(above: entry.path) }
        for link in manifest.symlinks { try create(above: link.path) }
    }

    private func copyDocument(_ entry: FileList.Entry, to target: HostPath) throws {
        let bytes = try FileSystem.readAll(documents / entry.path.text, limit: Limits.packUnpackedBytes)
        guard Digest.ofBytes(bytes) == entry.digest else {
            throw PackError.wrongContent(entry.digest, found: Digest.ofBytes(bytes), feeds: [entry.path.text])
        }
        let file = try HostFile.open(target, .create(permissions: 0o644), followLinks: false)
        try file.write(bytes)
    }
}
