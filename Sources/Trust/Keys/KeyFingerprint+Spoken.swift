// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// The fingerprint as eight words that can be said over a telephone: proquints (arXiv:0901.4016). Each word of five
/// letters is 16 bits, consonant vowel consonant vowel consonant; the vowels are as in Italian (trust §2.3).
extension KeyFingerprint {
    private static let consonants = Array("bdfghjklmnprstvz")
    private static let vowels = Array("aiou")

    /// Eight words with `-` between them: the whole 128 bits.
    package var spoken: String {
        let bytes = Hexadecimal.decode(hex.utf8) ?? []
        return stride(from: 0, to: bytes.count, by: 2).map { index in
            let word = Int(bytes[index]) << 8 | Int(bytes[index + 1])
            return String([
                Self.consonants[word >> 12 & 15], Self.vowels[word >> 10 & 3], Self.consonants[word >> 6 & 15],
                Self.vowels[word >> 4 & 3], Self.consonants[word & 15],
            ])
        }.joined(separator: "-")
    }

    /// Reads what a person typed: the digits in either case or the words, with spaces, dashes and colons anywhere.
    /// - Returns: nil for anything but all 128 bits; a part of a fingerprint proves nothing.
    package init?(typed text: some StringProtocol) {
        let letters = text.lowercased().filter { !" -:\n\t".contains($0) }
        if let digits = KeyFingerprint(hex: letters) {
            self = digits
        } else if let bytes = Self.bytes(ofWords: Array(letters)) {
            hex = Hexadecimal.encode(bytes)
        } else {
            return nil
        }
    }

    private static func bytes(ofWords letters: [Character]) -> [UInt8]? {
        guard letters.count == 40 else { return nil }
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: 40, by: 5) {
            var word = 0
            for offset in 0..<5 {
                let alphabet = offset % 2 == 0 ? consonants : vowels
                guard let value = alphabet.firstIndex(of: letters[start + offset]) else { return nil }
                word = word * alphabet.count + value
            }
            bytes += [UInt8(word >> 8), UInt8(word & 255)]
        }
        return bytes
    }
}
