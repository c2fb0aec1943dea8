// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// Where packs come from. What it gives is hashed before anything is decoded.
package protocol PackSource: Sendable {
    /// - Returns: nil when it has no such pack.
    func open(_ pack: PackIndex.Pack) throws -> PackFile?
}

/// The stored bytes of one pack: a file, or a run of a larger one.
package struct PackFile {
    private let file: any PlacedBytes
    private let start: Int64

    package init(_ file: any PlacedBytes, start: Int64 = 0) {
        self.file = file
        self.start = start
    }

    /// The first bytes, as a stream; the same descriptor each time, so that what is hashed is what is decoded.
    func stream(bytes: Int64) -> any ByteSource { FileRange(file, offset: start, length: bytes) }

    /// - Throws: `PackError.damagedPack` when these are not the stored bytes that the index names.
    func prove(_ pack: PackIndex.Pack, feeds: @autoclosure () -> [String]) throws {
        let proof = HashingSink([])
        try stream(bytes: pack.storedBytes).drain(into: proof)
        guard proof.digest == pack.digest, proof.count == pack.storedBytes else {
            throw PackError.damagedPack(pack: pack.digest, found: proof.digest, feeds: feeds())
        }
    }
}

/// A directory of packs, each under its member name without `packs/`: `HEX.xz`, `HEX.zst`, `HEX.raw`.
package struct PackStore: PackSource {
    package let directory: HostPath

    package init(_ directory: HostPath) { self.directory = directory }

    /// Where a pack is kept, whether or not it is there.
    package func path(of pack: PackIndex.Pack) -> HostPath { directory / pack.fileName }

    package func open(_ pack: PackIndex.Pack) throws -> PackFile? {
        let path = path(of: pack)
        guard try FileSystem.status(path)?.kind == .file else { return nil }
        return PackFile(try HostFile.open(path, .read, followLinks: false))
    }
}
