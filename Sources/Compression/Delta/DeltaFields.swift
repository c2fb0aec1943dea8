// SPDX-License-Identifier: Apache-2.0

/// Puts numbers behind one another, little-endian.
package struct FieldWriter {
    package var bytes: [UInt8]

    package init(_ bytes: [UInt8] = []) { self.bytes = bytes }

    package mutating func put(_ number: some FixedWidthInteger & UnsignedInteger) {
        withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
    }

    /// Seven bits a byte, the lowest first; the highest bit says that more follow.
    package mutating func putShort(_ number: UInt32) {
        var rest = number
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
    }
}

/// Takes them apart. Behind the end there are zeros: whoever reads fields of a fixed place gives all of their bytes.
package struct FieldReader {
    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    var isAtEnd: Bool { position == bytes.count }

    package mutating func take(_ count: Int) -> ArraySlice<UInt8> {
        let part = bytes[position...].prefix(count)
        position += part.count
        return part
    }

    package mutating func number32() -> UInt32 { take(4).reversed().reduce(0) { $0 << 8 | UInt32($1) } }
    package mutating func number64() -> UInt64 { take(8).reversed().reduce(0) { $0 << 8 | UInt64($1) } }

    /// - Returns: nil when it does not end, is past 32 bits, or is longer than it need be.
    package mutating func short() -> UInt32? {
        var number: UInt32 = 0
        for shift in stride(from: UInt32(0), through: 28, by: 7) {
            guard let byte = take(1).first else { return nil }
            let bits = UInt32(byte & 0x7f)
            guard shift < 28 || bits < 16, byte != 0 || shift == 0 else { return nil }
            number |= bits << shift
            if byte & 0x80 == 0 { return number }
        }
        return nil
    }
}
