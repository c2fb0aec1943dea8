// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem
package import Trust

/// The head of a bundle, proven: signed by keys that are believed, or let in by the digest that an operator named, and
/// every document of it parsed and held against the others. Only `UnverifiedBundle.proveHead` makes one.
///
/// The body was not read yet: its members are known by name and digest, not proven to be there.
package final class ProvenHead {
    let medium: BundleMedium
    /// What the bundle claimed, now proven.
    package let claimed: ClaimedHead
    /// Who signed; which signatures counted for nothing.
    package let verdict: SignatureVerdict
    package let checksums: ChecksumList
    package let manifest: Manifest
    /// The bytes whose SHA-256 is the release digest.
    package let manifestBytes: [UInt8]
    /// The installed tree.
    package let files: FileList
    package let packs: PackIndex
    /// Stands before the first member of the body.
    let body: MemberStream

    init(
        medium: BundleMedium, claimed: ClaimedHead, verdict: SignatureVerdict, checksums: ChecksumList,
        manifest: Manifest, manifestBytes: [UInt8], files: FileList, packs: PackIndex, body: MemberStream
    ) {
        self.medium = medium
        self.claimed = claimed
        self.verdict = verdict
        self.checksums = checksums
        self.manifest = manifest
        self.manifestBytes = manifestBytes
        self.files = files
        self.packs = packs
        self.body = body
    }

    package var identity: ReleaseIdentity { claimed.identity }
    /// The bundle's file, or the list of its parts.
    package var mediumPath: HostPath { medium.path }

    /// The chain of trust roots that it carries (trust §4.8).
    package var trustLinks: [TrustLink] { claimed.trustLinks }

    /// SHA-256 of `manifest.json`: what the release is, however it is carried.
    package var releaseDigest: Digest { checksums.digest(of: .manifest) ?? verdict.signedDigest }

    /// Bytes of the whole file; of the plaintext of an encrypted one.
    package var fileBytes: Int64 { medium.size }

    /// Whether it is read through an encryption for the journey.
    package var isEncrypted: Bool { medium.isEncrypted }

    /// Members of the body with their digests, in the order of the file.
    package var bodyMembers: some Collection<ChecksumList.Entry> { checksums.entries.drop { $0.member.isHead } }

    /// What an auditor keeps to prove the release again, under the names of the bundle: README.txt, SHA256SUMS, the
    /// signatures, the trust chain, manifest.json and files.sha256.
    package var evidence: [HeadMember] {
        [HeadMember(name: .readme, bytes: claimed.readme), HeadMember(name: .checksums, bytes: claimed.checksums)]
            + claimed.signatures.map { HeadMember(name: .signature(key: $0.name.hex), bytes: $0.bytes) }
            + claimed.trust
            + [HeadMember(name: .manifest, bytes: manifestBytes), HeadMember(name: .fileList, bytes: files.bytes)]
    }

    /// Holds the documents of the head against each other (format §10).
    ///
    /// - Parameter documentSizes: as found in the body; totals are compared once all of them are known.
    func check(documentSizes: [ReleasePath: Int64]) throws {
        var documents: [ReleasePath: ReleaseContents.Document] = [:]
        var listed: [MemberName] = []
        for entry in bodyMembers {
            switch entry.member {
            case .document(let path), .sbom(let path):
                documents[path] = ReleaseContents.Document(digest: entry.digest, size: documentSizes[path])
            default: listed.append(entry.member)
            }
        }
        guard listed == packs.packs.map(\.member) else {
            throw BundleError.packsDiffer(listed: listed.count, indexed: packs.packs.count)
        }
        try ReleaseContents(manifest: manifest, files: files, packs: packs, documents: documents).check()
    }

    /// The installed files and images that are made of a pack, for whoever must know what its damage means; at most 100.
    package func feeds(_ pack: Int) -> [String] {
        var contents: Set<Digest> = []
        for content in packs.contents where content.ranges.contains(where: { $0.pack == pack }) {
            contents.insert(content.digest)
        }
        let images = manifest.images.filter { $0.value.blobs.contains { contents.contains($0.digest) } }
            .keys.sorted().map { "image \($0)" }
        let paths = files.entries.lazy.filter { contents.contains($0.digest) }.map(\.path.text)
        return Array((images + paths.prefix(100)).prefix(100))
    }
}
