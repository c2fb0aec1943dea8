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

    private let manifestBytes: [UInt8]
    private let indexBytes: [UInt8]
    private let readme: [UInt8]
    private let checksums: ChecksumList

    /// - Throws: `FormatError` for a release that no reader would take.
    init(
        manifest: Manifest, files: FileList, index: PackIndex, documents: [Part], bills: [Part],
        software: FoundSoftware,
        packs: [Part]
    ) throws {
        self.manifest = manifest
        self.files = files
        self.index = index
        self.documents = documents
        self.bills = bills
        self.software = software
        self.packs = packs
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
        readme = Array(Readme(ReleaseIdentity(manifest)).text.utf8)
        checksums = try ChecksumList(
            [
                ChecksumList.Entry(.readme, .ofBytes(readme)), ChecksumList.Entry(.manifest, .ofBytes(manifestBytes)),
                ChecksumList.Entry(.fileList, .ofBytes(files.bytes)),
                ChecksumList.Entry(.packIndex, .ofBytes(indexBytes)),
            ] + (documents + bills + packs).map { ChecksumList.Entry($0.member, $0.digest) })
    }

    /// SHA-256 of `manifest.json`.
    var releaseDigest: Digest { .ofBytes(manifestBytes) }

    /// One signature a key, in the order of the container; a key given twice signs once.
    func signatures(_ keys: [SigningKey]) throws -> [NamedSignature] {
        let made = try keys.map {
            try ReleaseSigner.sign(
                checksums.bytes, of: ReleaseIdentity(manifest), releaseDigest: releaseDigest, with: $0)
        }
        var seen: Set<KeyFingerprint> = []
        return made.filter { seen.insert($0.name).inserted }.sorted { $0.name < $1.name }
    }

    /// Writes the whole container (format §4).
    func write(to sink: any ByteSink, signatures: [NamedSignature]) throws {
        let writer = try ContainerWriter(to: sink)
        try writer.add(.readme, readme)
        try writer.add(.checksums, checksums.bytes)
        for signature in signatures { try writer.add(signature.member, signature.bytes) }
        try writer.add(.signatureReserve, [UInt8](repeating: 0, count: try BundleDraft.reserve(signatures)))
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
