// SPDX-License-Identifier: Apache-2.0

/// Little-endian numbers of a fixed width: all that parent and child say beside the bytes themselves.
enum WireNumbers {
    static func bytes<Number: FixedWidthInteger>(_ number: Number) -> [UInt8] {
        (0..<MemoryLayout<Number>.size).map { UInt8(truncatingIfNeeded: number >> ($0 * 8)) }
    }

    /// - Parameter bytes: at least as many as the number has.
    static func number<Number: FixedWidthInteger>(_ bytes: some Sequence<UInt8>, as: Number.Type) -> Number {
        var number: Number = 0
        for (place, byte) in zip(0..<MemoryLayout<Number>.size, bytes) {
            number |= Number(truncatingIfNeeded: byte) << (place * 8)
        }
        return number
    }
}
