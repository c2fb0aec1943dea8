// SPDX-License-Identifier: Apache-2.0

/// A zstd frame of raw and run-length blocks, put together by hand (RFC 8878) so that each field can be wrong.
enum ZstdFile {
    private static let magic: [UInt8] = [0x28, 0xb5, 0x2f, 0xfd]

    /// The data as it is, in one block; one segment with its size of 8 bytes, no checksum.
    static func plain(_ data: [UInt8]) -> [UInt8] {
        magic + [0b1110_0000] + Checksums.little(UInt64(data.count), 8) + block(data.count, kind: 0, last: true) + data
    }

    /// Zeros of whole blocks of 128 KiB.
    /// - Parameter window: the byte of its descriptor; 0x70 is 16 MiB, 0xa8 is 2 GiB.
    static func zeros(blocks: Int, window: UInt8 = 0x70) -> [UInt8] {
        magic + [0, window]
            + (0..<blocks).flatMap { block(128 << 10, kind: 1, last: $0 == blocks - 1) + [0] }
    }

    /// A frame that decoders pass over.
    static func skippable(_ data: [UInt8]) -> [UInt8] {
        [0x50, 0x2a, 0x4d, 0x18] + Checksums.little(UInt64(data.count), 4) + data
    }

    private static func block(_ size: Int, kind: Int, last: Bool) -> [UInt8] {
        Checksums.little(UInt64(size << 3 | kind << 1 | (last ? 1 : 0)), 3)
    }
}
