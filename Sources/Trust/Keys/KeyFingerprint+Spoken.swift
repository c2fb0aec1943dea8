// SPDX-License-Identifier: Apache-2.0
import BundleFormat

extension KeyFingerprint {
    /// Eight words with `-` between them: the whole 128 bits (trust §2.3).
    package var spoken: String { SpokenWords.text(Hexadecimal.decode(hex.utf8) ?? []) }

    /// Reads what a person typed: digits or words.
    package init?(typed text: some StringProtocol) {
        guard let digits = SpokenWords.digits(typed: text) else { return nil }
        self.init(hex: digits)
    }
}
