// SPDX-License-Identifier: Apache-2.0

/// The one header that a member of a name and size may have: the 512 bytes that libarchive's ustar writer makes
/// (format §4.2).
///
/// A reader takes name and size from the block, makes the header anew and compares all of it. So no other field
/// (a link's target, a device number, a prefix, bytes behind a NUL) can hide anything or be read in two ways.
package struct MemberHeader: Equatable, Sendable {
    package static let blockBytes = 512
    /// Eleven octal digits.
    package static let largestSize: Int64 = 0o77_777_777_777

    package let name: String
    package let size: Int64

    /// - Throws: `FormatError.badHeader` for a name of no or more than 100 bytes, or a size past `largestSize`.
    package init(name: String, size: Int64) throws(FormatError) {
        guard (1...Limits.memberPathBytes).contains(name.utf8.count), Grammar.isLine(name) else {
            throw .badHeader(.badName)
        }
        guard (0...MemberHeader.largestSize).contains(size) else { throw .badHeader(.badSize) }
        self.name = name
        self.size = size
    }

    /// Reads an unproven block.
    ///
    /// - Parameter block: 512 bytes.
    /// - Throws: `FormatError.badHeader`; `.endMarker` for a block of zeros.
    package init(parsing block: some RandomAccessCollection<UInt8>) throws(FormatError) {
        let block = Array(block)
        guard block.count == MemberHeader.blockBytes else { throw .badHeader(.otherBytes) }
        guard block.contains(where: { $0 != 0 }) else { throw .badHeader(.endMarker) }
        let nameBytes = block[..<100].prefix { $0 != 0 }
        guard nameBytes.allSatisfy({ (0x20...0x7e).contains($0) }) else { throw .badHeader(.badName) }
        var size: Int64 = 0
        for digit in block[124..<135] {
            guard (48...55).contains(digit) else { throw .badHeader(.badSize) }
            size = size << 3 | Int64(digit - 48)
        }
        try self.init(name: String(decoding: nameBytes, as: UTF8.self), size: size)
        guard block == bytes else { throw .badHeader(.otherBytes) }
    }

    /// Exactly 512 bytes.
    package var bytes: [UInt8] {
        var block = [UInt8](repeating: 0, count: MemberHeader.blockBytes)
        func put(_ text: String, at offset: Int) {
            for (index, byte) in text.utf8.enumerated() { block[offset + index] = byte }
        }
        put(name, at: 0)
        put("000644 ", at: 100)
        put("000000 ", at: 108)  // uid
        put("000000 ", at: 116)  // gid
        put(MemberHeader.octal(size, digits: 11) + " ", at: 124)
        put("00000000000 ", at: 136)  // mtime
        put("        ", at: 148)  // the checksum counts its own field as spaces (POSIX.1-2017, pax, ustar)
        put("0", at: 156)
        put("ustar\u{0}00", at: 257)
        put("000000 ", at: 329)  // devmajor
        put("000000 ", at: 337)  // devminor
        let sum = block.reduce(Int64(0)) { $0 + Int64($1) }
        put(MemberHeader.octal(sum, digits: 6) + "\u{0} ", at: 148)
        return block
    }

    /// Zeros behind the data up to the next block.
    package var paddingBytes: Int { Int(-size & 511) }

    /// Header, data and padding.
    package var totalBytes: Int64 { Int64(MemberHeader.blockBytes) + size + Int64(paddingBytes) }

    private static func octal(_ number: Int64, digits: Int) -> String {
        let text = String(number, radix: 8)
        return String(repeating: "0", count: max(0, digits - text.utf8.count)) + text
    }
}
