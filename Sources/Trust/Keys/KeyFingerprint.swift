// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import Cryptography

/// What a key is known by: the first 16 bytes of SHA-256 over its 32 bytes (trust §2.2). Two people compare it out loud,
/// and it is the member name of the key's signatures.
package struct KeyFingerprint: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    package let hex: String

    package init(of key: Ed25519PublicKey) {
        hex = String(Digest.ofBytes(key.bytes).hex.prefix(32))
    }

    /// The spelling of a member name: exactly 32 lower-case hexadecimal digits.
    package init?(hex: some StringProtocol) {
        guard let bytes = Hexadecimal.decode(hex.utf8), bytes.count == 16 else { return nil }
        self.hex = String(hex)
    }

    package var description: String { hex }

    package static func < (left: KeyFingerprint, right: KeyFingerprint) -> Bool { left.hex < right.hex }
}
