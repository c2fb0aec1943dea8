// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// What tells a SHA256SUMS of ours from every other document that a key may sign (trust §3.2): its first line is the one
/// of `README.txt`. Trust roots begin with `{`, approvals with `bundle-approval/`, and no 64-byte digest has 77 bytes.
enum ChecksumListForm {
    private static let tail = Array("  README.txt\n".utf8)

    static func matches(_ bytes: [UInt8]) -> Bool {
        guard bytes.count >= 64 + tail.count, bytes.count <= Limits.checksumListBytes else { return false }
        guard let name = String(validating: bytes[..<64], as: UTF8.self), Digest(hex: name) != nil else { return false }
        return bytes[64...].starts(with: tail)
    }
}
