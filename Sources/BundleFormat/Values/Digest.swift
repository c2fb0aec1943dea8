// SPDX-License-Identifier: Apache-2.0

/// A SHA-256 digest: the name of every content, pack and release (format §2).
///
/// It holds 32 bytes and nothing else; computing one is `Cryptography`'s work. They are in place, not in an array of their own:
/// a release has hundreds of thousands.
package struct Digest: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The bytes eight at a time, the first one the highest, so that words compare as bytes do.
    private var first: UInt64 = 0
    private var second: UInt64 = 0
    private var third: UInt64 = 0
    private var fourth: UInt64 = 0

    /// - Returns: nil unless there are exactly 32 bytes.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 32 else { return nil }
        for byte in bytes { push(byte) }
    }

    /// Reads exactly 64 lower-case hexadecimal digits; another spelling of the same digest is refused,
    /// so that two texts never name one content.
    package init?(hex: some StringProtocol) { self.init(hexDigits: hex.utf8) }

    /// The same of ASCII.
    package init?(hexDigits digits: some Collection<UInt8>) {
        guard digits.count == 64 else { return nil }
        var high: UInt8?
        for digit in digits {
            guard let value = Hexadecimal.value(digit) else { return nil }
            if let upper = high { push(upper << 4 | value) }
            high = high == nil ? value : nil
        }
    }

    /// In behind the others; what was first goes.
    private mutating func push(_ byte: UInt8) {
        first = first << 8 | second >> 56
        second = second << 8 | third >> 56
        third = third << 8 | fourth >> 56
        fourth = fourth << 8 | UInt64(byte)
    }

    /// Exactly 32 bytes.
    package var bytes: [UInt8] {
        [first, second, third, fourth].flatMap { word in withUnsafeBytes(of: word.bigEndian, Array.init) }
    }

    /// The first eight of them as a number: evenly distributed.
    package var draw: UInt64 { first }

    /// 64 lower-case hexadecimal digits.
    package var hex: String { String(decoding: hexDigits, as: UTF8.self) }

    /// The same in ASCII.
    package var hexDigits: [UInt8] {
        var digits: [UInt8] = []
        digits.reserveCapacity(64)
        for word in [first, second, third, fourth] {
            for shift in stride(from: 60, through: 0, by: -4) {
                digits.append(Hexadecimal.digits[Int(word >> shift & 15)])
            }
        }
        return digits
    }

    /// The first 12 hexadecimal digits: enough to tell releases apart in a path or a sentence, never to trust one.
    package var short: String { String(hex.prefix(12)) }

    package var description: String { hex }

    package static func < (left: Digest, right: Digest) -> Bool {
        (left.first, left.second, left.third, left.fourth) < (right.first, right.second, right.third, right.fourth)
    }
}

extension Digest: Codable {
    package init(from decoder: any Decoder) throws {
        let text = try decoder.singleValueContainer().decode(String.self)
        guard let digest = Digest(hex: text) else { throw FormatError.badDigest(text) }
        self = digest
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(hex)
    }
}
