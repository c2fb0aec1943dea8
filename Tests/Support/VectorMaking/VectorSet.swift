// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Trust

/// All published vectors, made from nothing but this code: no clock, no random number, no library that compresses.
package enum VectorSet {
    package static func vectors() throws -> [Vector] { try all.get() }

    private static let all = Result { try make() }

    private static func make() throws -> [Vector] {
        let families: [() throws -> [Vector]] = [
            GoodBundles.vectors, TornFiles.vectors, HeaderFaults.vectors, MemberFaults.vectors, TamperedMembers.vectors,
            SizeFaults.vectors, SignatureFaults.vectors, SignerFaults.vectors, ReadmeFaults.vectors, ListFaults.vectors,
            ManifestSpellings.vectors, ManifestFaults.vectors, PackIndexFaults.vectors, Deltas.vectors,
            CodedDeltas.vectors,
            PackFaults.vectors,
            PublicKeys.vectors, SecretKeys.vectors, SignatureFiles.vectors, TrustRoots.vectors, Chains.vectors,
            Documents.vectors, Receipts.vectors,
        ]
        return try families.flatMap { try $0() }.map { ShellScope.marked($0) }
    }

    /// `common/root-1.json`, which the host of a chain believes.
    package static func firstRoot() throws -> [UInt8] { try CanonicalDocument.encode(try Chains.first()) }

    /// Every file below `Tests/Vectors` that is made here, `vectors.txt` too.
    package static func files() throws -> [(path: String, bytes: [UInt8])] {
        let vectors = try vectors()
        var files = vectors.flatMap(\.files)
        for name in TestKeys.names {
            let key = try TestKeys.key(name)
            files.append(("common/\(name).pub", key.publicKey.file))
        }
        files.append(("common/SHA256SUMS", CommonDocuments.checksums))
        files.append(("common/root-1.json", try firstRoot()))
        files.append(("attacks.md", Array(AttackTable.text(vectors).utf8)))
        files.append(("vectors.txt", Array(vectors.map(\.text).joined(separator: "\n").utf8)))
        return files
    }
}
