// SPDX-License-Identifier: Apache-2.0

/// gzip (RFC 1952) of one block with fixed codes (RFC 1951 §3.2.6), written here so that no version of a library decides
/// about the published bytes. Bundles are mostly zeros, so a search of one candidate is enough.
package enum Gzip {
    package static func pack(_ bytes: [UInt8]) -> [UInt8] {
        var bits = BitWriter()
        // The last block, fixed codes.
        bits.write(0b011, 3)
        var latest: [UInt32: Int] = [:]
        var position = 0
        while position < bytes.count {
            let match = bytes.count - position >= 3 ? find(bytes, position, &latest) : nil
            if let match {
                writeLength(match.length, &bits)
                writeDistance(match.distance, &bits)
                position += match.length
            } else {
                writeSymbol(Int(bytes[position]), &bits)
                position += 1
            }
        }
        writeSymbol(256, &bits)
        let header: [UInt8] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 2, 3]
        return header + bits.finish() + Checksums.little(UInt64(Checksums.crc32(bytes)), 4)
            + Checksums.little(UInt64(bytes.count), 4)
    }

    private static func find(
        _ bytes: [UInt8], _ position: Int, _ latest: inout [UInt32: Int]
    ) -> (length: Int, distance: Int)? {
        let key = UInt32(bytes[position]) << 16 | UInt32(bytes[position + 1]) << 8 | UInt32(bytes[position + 2])
        defer { latest[key] = position }
        guard let candidate = latest[key], position - candidate <= 32768 else { return nil }
        var length = 3
        while length < 258, position + length < bytes.count, bytes[candidate + length] == bytes[position + length] {
            length += 1
        }
        return (length, position - candidate)
    }

    /// Codes go out from their highest bit, extra bits from their lowest.
    private static func writeSymbol(_ symbol: Int, _ bits: inout BitWriter) {
        switch symbol {
        case 0...143: bits.writeCode(0x30 + symbol, 8)
        case 144...255: bits.writeCode(0x190 + symbol - 144, 9)
        case 256...279: bits.writeCode(symbol - 256, 7)
        default: bits.writeCode(0xc0 + symbol - 280, 8)
        }
    }

    private static func writeLength(_ length: Int, _ bits: inout BitWriter) {
        guard length < 258 else { return writeSymbol(285, &bits) }
        var symbol = 257
        var base = 3
        for step in 0..<28 {
            let extra = step < 8 ? 0 : step / 4 - 1
            if length < base + 1 << extra {
                writeSymbol(symbol, &bits)
                bits.write(length - base, extra)
                return
            }
            base += 1 << extra
            symbol += 1
        }
    }

    private static func writeDistance(_ distance: Int, _ bits: inout BitWriter) {
        var base = 1
        for symbol in 0..<30 {
            let extra = symbol < 4 ? 0 : symbol / 2 - 1
            if distance < base + 1 << extra {
                bits.writeCode(symbol, 5)
                bits.write(distance - base, extra)
                return
            }
            base += 1 << extra
        }
    }
}

private struct BitWriter {
    private var bytes: [UInt8] = []
    private var pending = 0
    private var count = 0

    mutating func write(_ value: Int, _ width: Int) {
        pending |= value << count
        count += width
        while count >= 8 {
            bytes.append(UInt8(pending & 255))
            pending >>= 8
            count -= 8
        }
    }

    mutating func writeCode(_ code: Int, _ width: Int) {
        for bit in (0..<width).reversed() { write(code >> bit & 1, 1) }
    }

    mutating func finish() -> [UInt8] {
        if count > 0 { write(0, 8 - count) }
        return bytes
    }
}
