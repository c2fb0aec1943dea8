// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// The kinds of documents that our keys sign. They are told apart by how they begin, so a signature made for one kind never
/// holds for another, and none of them can be a digest of 64 bytes (trust §3.2).
package enum DocumentKind: String, CaseIterable, Sendable {
    case checksumList
    case trustRoot
    case approval
    case receipt
    case inventory

    /// A verifier asks this before it looks at a signature, a signer before it signs.
    package func matches(_ bytes: [UInt8]) -> Bool {
        switch self {
        case .checksumList: DocumentKind.isChecksumList(bytes)
        case .trustRoot: bytes.count > 64 && bytes.first == UInt8(ascii: "{")
        case .approval: bytes.count > 64 && bytes.starts(with: "bundle-approval/1 ".utf8)
        case .receipt: bytes.count > 64 && bytes.starts(with: "bundle-receipt/1 ".utf8)
        case .inventory: bytes.count > 64 && bytes.starts(with: "bundle-inventory/1 ".utf8)
        }
    }

    private static let readmeTail = Array("  README.txt\n".utf8)

    private static func isChecksumList(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 64 + readmeTail.count, bytes.count <= Limits.checksumListBytes else { return false }
        guard let name = String(validating: bytes[..<64], as: UTF8.self), Digest(hex: name) != nil else { return false }
        return bytes[64...].starts(with: readmeTail)
    }
}
