// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import PackStorage

/// The packs of a bundle where they lie on the medium, for reading contents without a copy on a disk. Each is read once, into
/// memory, and hashed and decoded from there: a medium that says something else the second time must not reach a decoder.
package final class MediumPacks: PackSource {
    /// Read at offsets only, so several may read at once.
    private nonisolated(unsafe) let file: any PlacedBytes
    private let offsets: [Digest: Int64]

    /// - Throws: `SystemCallError`.
    package init(_ verified: VerifiedBundle) throws {
        file = try verified.head.medium.reopened()
        offsets = Dictionary(verified.members.map { ($0.digest, $0.offset) }) { first, _ in first }
    }

    package func open(_ pack: PackIndex.Pack) throws -> PackFile? {
        guard let offset = offsets[pack.digest] else { return nil }
        return PackFile(try PackInMemory(file, at: offset, bytes: Int(pack.storedBytes)))
    }
}

/// The stored bytes of one pack, 65 MiB at most (format §3); fewer where the medium ends before.
private final class PackInMemory: PlacedBytes {
    private let bytes: [UInt8]

    init(_ file: any PlacedBytes, at offset: Int64, bytes count: Int) throws {
        bytes = try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            filled = try file.fill(at: offset, UnsafeMutableRawBufferPointer(buffer))
        }
    }

    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let part = bytes.dropFirst(Int(offset)).prefix(buffer.count)
        buffer.copyBytes(from: part)
        return part.count
    }
}
