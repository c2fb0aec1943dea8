// SPDX-License-Identifier: Apache-2.0

/// The name of a member of the container, by what it is (format §4.1).
package enum MemberName: Hashable, Sendable, CustomStringConvertible {
    case readme
    case checksums
    /// `signatures/KEY.minisig`; the first 32 hexadecimal digits of SHA-256(public key).
    case signature(key: String)
    case signatureReserve
    case trustRoot(number: Int)
    case trustSignature(number: Int, key: String)
    case manifest
    case fileList
    case packIndex
    /// The path begins with `docs/`.
    case document(ReleasePath)
    /// The path begins with `sbom/`.
    case sbom(ReleasePath)
    case pack(Digest, PackIndex.Codec)

    /// - Returns: nil for any text that is not the one spelling of a member's name.
    package init?(_ text: String) {
        guard text.utf8.count <= Limits.memberPathBytes, let found = MemberName.parse(text) else { return nil }
        self = found
        guard description == text else { return nil }
    }

    private static func parse(_ text: String) -> MemberName? {
        switch text {
        case "README.txt": return .readme
        case "SHA256SUMS": return .checksums
        case "signatures/.reserve": return .signatureReserve
        case "manifest.json": return .manifest
        case "files.sha256": return .fileList
        case "packs.index": return .packIndex
        default: break
        }
        guard let slash = text.firstIndex(of: "/") else { return nil }
        let directory = text[..<slash]
        let file = text[text.index(after: slash)...]
        switch directory {
        case "signatures": return file.hasSuffix(".minisig") ? key(file.dropLast(8)).map { .signature(key: $0) } : nil
        case "trust": return trust(file)
        case "docs": return ReleasePath(text).map { .document($0) }
        case "sbom": return ReleasePath(text).map { .sbom($0) }
        case "packs": return pack(file)
        default: return nil
        }
    }

    private static func key(_ text: some StringProtocol) -> String? {
        text.utf8.count == 32 && Hexadecimal.decode(text.utf8) != nil ? String(text) : nil
    }

    private static func trust(_ file: Substring) -> MemberName? {
        let parts = file.split(separator: ".", omittingEmptySubsequences: false)
        guard let number = parts.first.flatMap({ Grammar.decimal($0.utf8) }), (1...999_999_999).contains(number) else {
            return nil
        }
        switch parts.count {
        case 2 where parts[1] == "json": return .trustRoot(number: Int(number))
        case 3 where parts[2] == "minisig": return key(parts[1]).map { .trustSignature(number: Int(number), key: $0) }
        default: return nil
        }
    }

    private static func pack(_ file: Substring) -> MemberName? {
        let parts = file.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let digest = Digest(hex: parts[0]) else { return nil }
        return PackIndex.Codec.allCases.first { $0.suffix == parts[1] }.map { .pack(digest, $0) }
    }

    package var description: String {
        switch self {
        case .readme: "README.txt"
        case .checksums: "SHA256SUMS"
        case .signature(let key): "signatures/\(key).minisig"
        case .signatureReserve: "signatures/.reserve"
        case .trustRoot(let number): "trust/\(number).json"
        case .trustSignature(let number, let key): "trust/\(number).\(key).minisig"
        case .manifest: "manifest.json"
        case .fileList: "files.sha256"
        case .packIndex: "packs.index"
        case .document(let path), .sbom(let path): path.text
        case .pack(let digest, let codec): "packs/\(digest.hex).\(codec.suffix)"
        }
    }

    /// Whether it belongs to the head: all that stands before `docs/`.
    package var isHead: Bool {
        switch self {
        case .document, .sbom, .pack: false
        default: true
        }
    }

    /// Whether `SHA256SUMS` names it.
    package var isListed: Bool {
        switch self {
        case .checksums, .signature, .signatureReserve: false
        default: true
        }
    }

    /// The most bytes it may have.
    package var limit: Int64 {
        switch self {
        case .readme: Int64(Limits.readmeBytes)
        case .checksums: Int64(Limits.checksumListBytes)
        case .signature, .trustSignature: Int64(Limits.signatureBytes)
        case .signatureReserve: Int64(Limits.signatureAreaBytes)
        case .trustRoot: Int64(Limits.trustRootBytes)
        case .manifest: Int64(Limits.manifestBytes)
        case .fileList: Int64(Limits.fileListBytes)
        case .packIndex: Int64(Limits.packIndexBytes)
        case .document, .sbom: MemberHeader.largestSize
        case .pack: Int64(Limits.packStoredBytes)
        }
    }
}
