// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import HostSystem
package import PackStorage

/// The packs of a bundle where they lie on the medium, for reading contents without a copy. Each is hashed again before it
/// is unpacked, as every pack is: the medium may have changed since.
package final class MediumPacks: PackSource {
    /// Read at offsets only, so several may read at once.
    private nonisolated(unsafe) let file: HostFile
    private let offsets: [Digest: Int64]

    /// - Throws: `SystemCallError`.
    package init(_ verified: VerifiedBundle) throws {
        file = try verified.head.medium.reopened()
        offsets = Dictionary(verified.members.map { ($0.digest, $0.offset) }) { first, _ in first }
    }

    package func open(_ pack: PackIndex.Pack) throws -> PackFile? {
        offsets[pack.digest].map { PackFile(file, start: $0) }
    }
}
