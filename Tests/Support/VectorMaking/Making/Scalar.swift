// SPDX-License-Identifier: Apache-2.0

/// Numbers of 32 bytes, little-endian, as the second half of an Ed25519 signature.
enum Scalar {
    /// The order of the group: 2^252 + 27742317777372353535851937790883648493 (RFC 8032 §5.1).
    private static let order: [UInt8] = [
        0xed, 0xd3, 0xf5, 0x5c, 0x1a, 0x63, 0x12, 0x58, 0xd6, 0x9c, 0xf7, 0xa2, 0xde, 0xf9, 0xde, 0x14,
        0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x10,
    ]

    static func plusOrder(_ scalar: [UInt8]) -> [UInt8] {
        var carry = 0
        return zip(scalar, order).map { one, two in
            let sum = Int(one) + Int(two) + carry
            carry = sum >> 8
            return UInt8(sum & 255)
        }
    }
}

enum Base64Alphabet {
    private static let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)

    /// The next digit: where spare bits are zero, the one with the lowest of them set.
    static func next(_ letter: UInt8) -> UInt8 {
        letters[((letters.firstIndex(of: letter) ?? 0) + 1) % letters.count]
    }
}

extension [UInt8] {
    /// Its first `A`, which is six bits of zero, as a byte that some decoders read so.
    mutating func beyondASCII() {
        guard let place = firstIndex(of: UInt8(ascii: "A")) else {
            preconditionFailure("base64 of a vector without an A")
        }
        self[place] = 0xc1
    }
}
