// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography

/// What a person compares before a trust root is believed: the first 16 bytes of SHA-256 over the file (trust §4.6). With
/// stock tools: `sha256sum N.json | cut -c 1-32`.
package struct RootFingerprint: Hashable, Sendable, CustomStringConvertible {
    /// 32 lower-case hexadecimal digits.
    package let hex: String

    package init(of document: [UInt8]) { hex = String(Digest.ofBytes(document).hex.prefix(32)) }

    /// Reads what a person typed: digits or words.
    package init?(typed text: some StringProtocol) {
        guard let digits = SpokenWords.digits(typed: text) else { return nil }
        hex = digits
    }

    /// Eight words to read aloud (trust §2.3).
    package var spoken: String { SpokenWords.text(Hexadecimal.decode(hex.utf8) ?? []) }

    package var description: String { hex }
}
