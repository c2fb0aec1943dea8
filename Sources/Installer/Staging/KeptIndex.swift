// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem

/// Where the contents of a release lie in the host's store: what its bundle says, and of a delta also what was found here
/// when it came (host-state §18).
enum KeptIndex {
    /// Beside `packs.index`, in its grammar: the needed contents, and the packs of the store that have them.
    static let held = "packs.held"

    /// - Parameter evidence: the directory of one release.
    /// - Throws: `FormatError`, `SystemCallError`; `InstalledSourceError.damaged` where not all that is needed is named.
    static func read(_ evidence: HostPath) throws -> PackIndex {
        let bytes = try FileSystem.readAll(evidence / PackIndex.name, limit: Limits.packIndexBytes, followLinks: false)
        return try complete(try PackIndex(parsing: bytes), in: evidence)
    }

    static func complete(_ index: PackIndex, in evidence: HostPath) throws -> PackIndex {
        guard index.isDelta else { return index }
        let path = evidence / held
        let bytes = try FileSystem.readAll(path, limit: Limits.packIndexBytes, followLinks: false)
        let whole = try index.completed(by: PackIndex(parsing: bytes))
        guard !whole.isDelta else {
            throw InstalledSourceError.damaged(path: path, expected: nil, found: Digest.ofBytes(bytes))
        }
        return whole
    }
}
