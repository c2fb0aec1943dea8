// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// The bytes of an ELF file, read where asked, never past the end.
package struct ELFImage {
    private let size: UInt64
    /// Reads up to the buffer's size at an offset; less only at the end.
    private let readAt: (Int64, UnsafeMutableRawBufferPointer) throws -> Int

    /// - Parameter size: the file's length in bytes.
    package init(size: Int64, _ readAt: @escaping (Int64, UnsafeMutableRawBufferPointer) throws -> Int) {
        self.size = UInt64(max(0, size))
        self.readAt = readAt
    }

    /// A file, or the beginning of one, that is in memory.
    package init(_ bytes: [UInt8]) {
        self.init(size: Int64(bytes.count)) { offset, buffer in
            let found = bytes[Int(offset)...].prefix(buffer.count)
            buffer.copyBytes(from: found)
            return found.count
        }
    }

    /// e_machine; nil for one that no bundle is made for.
    package var architecture: Architecture? {
        get throws {
            switch try number(at: 18, bytes: 2) {
            case 62: .amd64
            case 183: .arm64
            default: nil
            }
        }
    }

    /// - Returns: nil unless every one of the bytes is there.
    package func bytes(at offset: UInt64, count: Int) throws -> [UInt8]? {
        // Asked before memory is taken: a header of some bytes may claim any length, and many of them.
        guard offset <= size, count >= 0, UInt64(count) <= size - offset else { return nil }
        var filled = 0
        var bytes = [UInt8](repeating: 0, count: count)
        try bytes.withUnsafeMutableBytes { buffer in
            while filled < count {
                let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
                let got = try readAt(Int64(offset) + Int64(filled), rest)
                if got <= 0 { break }
                filled += got
            }
        }
        return filled == count ? bytes : nil
    }

    /// A little-endian number of `bytes` bytes at `offset` + `after`; nil past the end.
    package func number(at offset: UInt64, bytes: Int, after: UInt64 = 0) throws -> UInt64? {
        let (place, overflow) = offset.addingReportingOverflow(after)
        guard !overflow, let found = try self.bytes(at: place, count: bytes) else { return nil }
        return ELFImage.number(found[...])
    }

    package static func number(_ bytes: ArraySlice<UInt8>) -> UInt64 {
        bytes.reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// One program header (gABI 4.1, figure 5-1), as far as we read it.
package struct ELFSegment {
    package let type: UInt64
    /// PF_X 1, PF_W 2, PF_R 4.
    package let flags: UInt64
    package let offset: UInt64
    package let address: UInt64
    package let fileSize: UInt64

    package static func all(in image: ELFImage) throws -> [ELFSegment] {
        // e_phoff, e_phentsize, e_phnum. More than 64 segments are not looked at.
        guard let start = try image.number(at: 32, bytes: 8), try image.number(at: 54, bytes: 2) == 56,
            let count = try image.number(at: 56, bytes: 2), count <= 64,
            let table = try image.bytes(at: start, count: Int(count) * 56)
        else { return [] }
        return stride(from: 0, to: table.count, by: 56).map { at in
            func field(_ from: Int, _ bytes: Int) -> UInt64 {
                ELFImage.number(table[(at + from)..<(at + from + bytes)])
            }
            return ELFSegment(
                type: field(0, 4), flags: field(4, 4), offset: field(8, 8), address: field(16, 8),
                fileSize: field(32, 8))
        }
    }
}
