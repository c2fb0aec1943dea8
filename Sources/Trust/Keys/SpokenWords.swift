// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// 128 bits as eight words that can be said over a telephone: proquints (arXiv:0901.4016). Each word of five letters is 16
/// bits, consonant vowel consonant vowel consonant; the vowels are as in Italian (trust §2.3).
enum SpokenWords {
    private static let consonants = Array("bdfghjklmnprstvz")
    private static let vowels = Array("aiou")

    /// Eight words with `-` between them.
    static func text(_ bytes: [UInt8]) -> String {
        stride(from: 0, to: bytes.count, by: 2).map { index in
            let word = Int(bytes[index]) << 8 | Int(bytes[index + 1])
            return String([
                consonants[word >> 12 & 15], vowels[word >> 10 & 3], consonants[word >> 6 & 15],
                vowels[word >> 4 & 3], consonants[word & 15],
            ])
        }.joined(separator: "-")
    }

    /// Reads what a person typed: 32 digits in either case or the words, with spaces, dashes and colons anywhere.
    /// - Returns: 32 lower-case digits; nil for anything but all 128 bits: a part of a fingerprint proves nothing.
    static func digits(typed text: some StringProtocol) -> String? {
        let letters = text.lowercased().filter { !" -:\n\t".contains($0) }
        if let bytes = Hexadecimal.decode(letters.utf8), bytes.count == 16 { return letters }
        return bytes(ofWords: Array(letters)).map { Hexadecimal.encode($0) }
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
