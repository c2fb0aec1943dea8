// SPDX-License-Identifier: Apache-2.0
import Archives
import BundleFormat
import Cryptography
import HostSystem
import PackStorage
import Trust

/// Everything that a bundle file is made of, before it is one.
struct BundleDraft {
    /// A member that is streamed from a file.
    struct Part {
        let member: MemberName
        let file: HostPath
        let size: Int64
        let digest: Digest
    }

    let manifest: Manifest
    let files: FileList
    let index: PackIndex
    /// Sorted by path.
    let documents: [Part]
    /// Sorted by path, too.
    let bills: [Part]
    let software: FoundSoftware
    /// In the order of the index.
    let packs: [Part]
    /// How many of them an earlier build made.
    let cachedPacks: Int

    /// Members below `trust/`, in their order.
    private let trust: [(name: MemberName, bytes: [UInt8])]
    private let manifestBytes: [UInt8]
    private let indexBytes: [UInt8]
    private let readme: [UInt8]
    private let checksums: ChecksumList

    /// - Throws: `FormatError` for a release that no reader would take.
    init(
        manifest: Manifest, files: FileList, index: PackIndex, documents: [Part], bills: [Part],
        software: FoundSoftware, packs: [Part], cachedPacks: Int, trust: [TrustLink]
    ) throws {
        self.manifest = manifest
        self.files = files
        self.index = index
        self.documents = documents
        self.bills = bills
        self.software = software
        self.packs = packs
        self.cachedPacks = cachedPacks
        self.trust = trust.flatMap(\.members)
        var byPath: [ReleasePath: ReleaseContents.Document] = [:]
        for part in documents + bills {
            switch part.member {
            case .document(let path), .sbom(let path):
                byPath[path] = ReleaseContents.Document(digest: part.digest, size: part.size)
            default: break
            }
        }
        // What a host would refuse is refused here, where it can be mended.
        try ReleaseContents(manifest: manifest, files: files, packs: index, documents: byPath).check()
        manifestBytes = try ManifestDocument.encode(manifest)
        indexBytes = index.bytes
        readme = Array(Readme(ReleaseIdentity(manifest), bases: index.bases).text.utf8)
        checksums = try ChecksumList(
            [ChecksumList.Entry(.readme, .ofBytes(readme))]
                + self.trust.map { ChecksumList.Entry($0.name, .ofBytes($0.bytes)) }
                + [
                    ChecksumList.Entry(.manifest, .ofBytes(manifestBytes)),
                    ChecksumList.Entry(.fileList, .ofBytes(files.bytes)),
                    ChecksumList.Entry(.packIndex, .ofBytes(indexBytes)),
                ] + (documents + bills + packs).map { ChecksumList.Entry($0.member, $0.digest) })
    }

    /// SHA-256 of `manifest.json`.
    var releaseDigest: Digest { .ofBytes(manifestBytes) }

    /// One signature a key, in the order of the container; a key given twice signs once.
    func signatures(_ signers: [any DocumentSigner]) async throws -> [NamedSignature] {
        var made: [NamedSignature] = []
        for signer in signers where !made.contains(where: { $0.name == signer.publicKey.fingerprint }) {
            made.append(
                try await ReleaseSigner.sign(
                    checksums.bytes, of: ReleaseIdentity(manifest), releaseDigest: releaseDigest, by: signer))
        }
        return made.sorted { $0.name < $1.name }
    }

    /// Writes the whole container (format §4).
    func write(to sink: any ByteSink, signatures: [NamedSignature]) throws {
        let writer = try ContainerWriter(to: sink)
        try writer.add(.readme, readme)
        try writer.add(.checksums, checksums.bytes)
        for signature in signatures { try writer.add(signature.member, signature.bytes) }
        try writer.add(.signatureReserve, [UInt8](repeating: 0, count: try BundleDraft.reserve(signatures)))
        for member in trust { try writer.add(member.name, member.bytes) }
        try writer.add(.manifest, manifestBytes)
        try writer.add(.fileList, files.bytes)
        try writer.add(.packIndex, indexBytes)
        for part in documents + bills + packs {
            let source = try ProvenSource(part.file, size: part.size, digest: part.digest)
            try writer.add(part.member, size: part.size, from: source)
        }
        try writer.finish()
    }

    /// The size of `signatures/.reserve`: the area is 32 KiB with all headers, however many signatures stand in it.
    private static func reserve(_ signatures: [NamedSignature]) throws -> Int {
        let taken = try signatures.reduce(Int64(MemberHeader.blockBytes)) { sum, signature in
            sum
                + (try MemberHeader(
                    name: signature.member.description, size: Int64(signature.bytes.count)
                ).totalBytes)
        }
        return Limits.signatureAreaBytes - Int(taken)
    }
}

extension NamedSignature {
    var member: MemberName { .signature(key: name.hex) }
}
