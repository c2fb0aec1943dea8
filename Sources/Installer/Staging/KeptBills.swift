// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
package import HostRecords
import HostSystem

/// The software bills of a release that this host holds, as they lie with its evidence (host-state §13). What is given out was
/// hashed again, and is what the signed list of the release names.
package struct KeptBills {
    static let directory = "sbom"

    /// By member, in the order of the bundle; empty for a release without bills, or one that an earlier `bundle` brought.
    package private(set) var members: [(name: MemberName, bytes: [UInt8])] = []

    /// - Parameters:
    ///   - release: `VERSION-DIGEST12`.
    ///   - digest: the release digest, from the record.
    ///   - limit: the most bytes of one.
    /// - Throws: `InstalledSourceError.damaged` for what is not what was brought; `FormatError`; `SystemCallError`.
    package init(of release: String, digest: Digest, layout: HostLayout, limit: Int) throws {
        let evidence = layout.evidence(release)
        guard try FileSystem.exists(evidence / KeptBills.directory) else { return }
        let path = evidence / MemberName.checksums.description
        let list = try ChecksumList(parsing: FileSystem.readAll(path, limit: Limits.checksumListBytes))
        let named = list.digest(of: .manifest)
        guard named == digest else {
            throw InstalledSourceError.damaged(path: path, expected: digest, found: named ?? .ofBytes([]))
        }
        for entry in list.entries {
            guard case .sbom = entry.member else { continue }
            let place = evidence / entry.member.description
            let bytes = try FileSystem.readAll(place, limit: limit, followLinks: false)
            let found = Digest.ofBytes(bytes)
            guard found == entry.digest else {
                throw InstalledSourceError.damaged(path: place, expected: entry.digest, found: found)
            }
            members.append((entry.member, bytes))
        }
    }
}
