// SPDX-License-Identifier: Apache-2.0

/// Bech32 (BIP 173) of 32 bytes, which is all that age's keys need. Nothing that may be secret is copied on the way.
enum Bech32 {
    private static let alphabet = Array("qpzry9x8gf2tvdw0s3jn54khce6mua7l".utf8)
    private static let checksumLength = 6
    /// 256 bits in groups of five, and four bits that are zeros.
    private static let groups = 52

    static let valueBytes = 32

    /// How many characters the text of 32 bytes has.
    static func length(prefix: String) -> Int { prefix.utf8.count + 1 + groups + checksumLength }

    /// - Parameters:
    ///   - prefix: in the case that the text must have.
    ///   - value: takes 32 bytes; what it holds counts only when the text was right.
    static func decode(_ text: UnsafeRawBufferPointer, prefix: String, into value: UnsafeMutableRawBufferPointer)
        -> Bool
    {
        let isUpper = prefix.utf8.contains { isUppercase($0) }
        guard value.count == valueBytes, text.count == length(prefix: prefix),
            text.starts(with: prefix.utf8), text[prefix.utf8.count] == UInt8(ascii: "1")
        else { return false }
        var checksum = Checksum(prefix: prefix)
        var (bits, held, filled): (UInt32, UInt32, Int) = (0, 0, 0)
        for (position, character) in text[(prefix.utf8.count + 1)...].enumerated() {
            // BIP 173: one case throughout.
            guard isUpper || !isUppercase(character), !isUpper || !isLowercase(character),
                let group = alphabet.firstIndex(of: lowercase(character))
            else { return false }
            checksum.add(UInt32(group))
            guard position < groups else { continue }
            bits = bits << 5 | UInt32(group)
            held += 5
            if held >= 8 {
                held -= 8
                value[filled] = UInt8(truncatingIfNeeded: bits >> held)
                filled += 1
                bits &= (1 << held) - 1
            }
        }
        // Spare bits that are not zeros would be a second spelling of the same key.
        return checksum.value == 1 && bits == 0 && filled == valueBytes
    }

    /// - Parameter text: takes `length(prefix:)` characters, in the prefix's case.
    static func encode(_ value: UnsafeRawBufferPointer, prefix: String, into text: UnsafeMutableRawBufferPointer) {
        precondition(value.count == valueBytes && text.count == length(prefix: prefix), "both are fixed")
        let isUpper = prefix.utf8.contains { isUppercase($0) }
        var checksum = Checksum(prefix: prefix)
        var place = 0
        func put(_ character: UInt8) {
            text[place] = isUpper ? uppercase(character) : character
            place += 1
        }
        for character in prefix.utf8 { put(character) }
        put(UInt8(ascii: "1"))
        var (bits, held): (UInt32, UInt32) = (0, 0)
        func give(_ group: UInt32) {
            checksum.add(group)
            put(alphabet[Int(group)])
        }
        for byte in value {
            bits = bits << 8 | UInt32(byte)
            held += 8
            while held >= 5 {
                held -= 5
                give(bits >> held)
                bits &= (1 << held) - 1
            }
        }
        give(bits << (5 - held))
        for _ in 0..<checksumLength { checksum.add(0) }
        let sum = checksum.value ^ 1
        for index in 0..<checksumLength { put(alphabet[Int(sum >> (5 * (5 - UInt32(index))) & 31)]) }
    }

    private static func isUppercase(_ character: UInt8) -> Bool { (0x41...0x5A).contains(character) }
    private static func isLowercase(_ character: UInt8) -> Bool { (0x61...0x7A).contains(character) }
    private static func lowercase(_ character: UInt8) -> UInt8 { isUppercase(character) ? character | 0x20 : character }
    private static func uppercase(_ character: UInt8) -> UInt8 {
        isLowercase(character) ? character & ~0x20 : character
    }

    /// The BCH code of BIP 173.
    private struct Checksum {
        private static let generator: [UInt32] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3]
        private(set) var value: UInt32 = 1

        /// Always over the lower-case prefix.
        init(prefix: String) {
            let characters = prefix.utf8.map { Bech32.lowercase($0) }
            for character in characters { add(UInt32(character >> 5)) }
            add(0)
            for character in characters { add(UInt32(character & 31)) }
        }

        mutating func add(_ group: UInt32) {
            let top = value >> 25
            value = (value & 0x1ff_ffff) << 5 ^ group
            for (bit, term) in Checksum.generator.enumerated() where top >> UInt32(bit) & 1 == 1 { value ^= term }
        }
    }
}
