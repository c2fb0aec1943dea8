// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
package import Trust

extension UnverifiedBundle {
    /// Proves the head by the keys that are believed. An unsigned bundle is refused.
    ///
    /// - Throws: `TrustError`; `BundleError`, `FormatError` for damage and for what a signer got wrong.
    package func proveHead(by keyring: Keyring) throws -> ProvenHead {
        try proveHead { claimed in
            try keyring.judge(
                signed: claimed.checksums, signatures: claimed.signatures, release: claimed.identity)
        }
    }

    /// Proves the head of a bundle that no believed key has signed, because an operator named the SHA-256 of its
    /// SHA256SUMS, got some other way.
    package func proveHead(by keyring: Keyring, allowingUnsigned digest: Digest) throws -> ProvenHead {
        try proveHead { claimed in
            try keyring.judge(
                signed: claimed.checksums, signatures: claimed.signatures, release: claimed.identity,
                allowingUnsigned: digest)
        }
    }

    /// Proves the head by a verdict on it. Only `Trust` can make one, and it must be one on these very bytes.
    package func proveHead(_ judge: (ClaimedHead) throws -> SignatureVerdict) throws -> ProvenHead {
        let verdict = try judge(claimed)
        guard verdict.signed == claimed.checksums, verdict.release == claimed.identity else {
            throw TrustError.notChecksumList
        }
        return try medium.locating { try readHead(verdict) }
    }

    private func readHead(_ verdict: SignatureVerdict) throws -> ProvenHead {
        // From here on SHA256SUMS is believed, and each member as soon as its digest stands in it.
        let list = try ChecksumList(parsing: verdict.signed)
        var reader = HeadReader(list: list, stream: stream, following: following)
        try reader.prove(.readme, claimed.readme, at: 0)
        for member in claimed.trust { try reader.prove(member.name, member.bytes, at: claimed.signatureAreaOffset) }
        let manifestBytes = try reader.take(.manifest)
        let manifest = try ManifestDocument.decode(manifestBytes)
        let stated = ReleaseIdentity(manifest)
        guard stated == claimed.identity else {
            throw BundleError.identityMismatch(place: "manifest.json", stated: stated, expected: claimed.identity)
        }
        let fileText = try reader.takePieces(.fileList)
        let treeDigest = reader.lastDigest
        guard treeDigest == manifest.tree.sha256 else {
            throw BundleError.treeMismatch(expected: manifest.tree.sha256, found: treeDigest)
        }
        let files = try FileList(parsing: fileText)
        let packs = try PackIndex(parsing: try reader.takePieces(.packIndex))
        let head = ProvenHead(
            medium: medium, claimed: claimed, verdict: verdict, checksums: list, manifest: manifest,
            manifestBytes: manifestBytes, files: files, packs: packs, body: reader.stream)
        try head.check(documentSizes: [:])
        return head
    }
}

/// Takes the members of the head behind `trust/` one by one, each held to its line of SHA256SUMS before it is parsed.
private struct HeadReader {
    let list: ChecksumList
    var stream: MemberStream
    var following: MemberStream.Located?
    private var line = 0
    var lastDigest: Digest

    init(list: ChecksumList, stream: MemberStream, following: MemberStream.Located?) {
        self.list = list
        self.stream = stream
        self.following = following
        lastDigest = list.entries[0].digest
    }

    mutating func prove(_ name: MemberName, _ bytes: [UInt8], at offset: Int64) throws {
        try prove(name, .ofBytes(bytes), bytes.count, at: offset)
    }

    private mutating func prove(_ name: MemberName, _ digest: Digest, _ count: Int, at offset: Int64) throws {
        let entry = list.entries[line]
        guard entry.member == name else {
            throw BundleError.unexpectedMember(
                found: name.description, expected: entry.member.description, offset: offset)
        }
        lastDigest = digest
        guard digest == entry.digest else {
            throw BundleError.wrongDigest(
                member: name.description, offset: offset, bytes: Int64(count), expected: entry.digest,
                found: digest, feeds: [])
        }
        line += 1
    }

    mutating func take(_ name: MemberName) throws -> [UInt8] {
        let member = try next(name)
        let bytes = try stream.whole(member)
        try prove(name, bytes, at: member.dataOffset)
        return bytes
    }

    /// The same of a list.
    mutating func takePieces(_ name: MemberName) throws -> TextPieces {
        let member = try next(name)
        let (pieces, digest) = try stream.pieces(member)
        try prove(name, digest, Int(member.size), at: member.dataOffset)
        return TextPieces(pieces)
    }

    private mutating func next(_ name: MemberName) throws -> MemberStream.Located {
        let offset = stream.position
        let header = try following ?? stream.next()
        following = nil
        guard let member = header else {
            throw BundleError.missingMember(expected: name.description, offset: offset)
        }
        guard member.name == name else {
            throw BundleError.unexpectedMember(
                found: member.name.description, expected: name.description, offset: member.offset)
        }
        return member
    }
}
