// SPDX-License-Identifier: Apache-2.0

/// An `.xz` stream of one block, put together by hand (xz-file-format 1.2.0) so that each field can be wrong, and no version
/// of liblzma decides about the published bytes. The data stands in it uncompressed.
struct XZFile {
    /// The code of LZMA2's dictionary size: 0 is 4 KiB, 16 is 1 MiB, 37 is 1.5 GiB.
    var dictionary: UInt8 = 16
    /// 0 none, 1 CRC32, 4 CRC64.
    var check: UInt8 = 4
    var x86Filter = false

    func bytes(_ data: [UInt8]) -> [UInt8] {
        let flags: [UInt8] = [0, check]
        var file: [UInt8] = [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0] + flags + crc(flags)
        var filters: [UInt8] = x86Filter ? [1, 0x04, 0] : [0]
        filters += [0x21, 1, dictionary]
        while (filters.count + 1) % 4 != 0 { filters.append(0) }
        let header = [UInt8((filters.count + 1) / 4)] + filters
        let payload = chunks(data)
        let sum: [UInt8] =
            switch check {
            case 4: Checksums.little(Checksums.crc64(data), 8)
            case 1: crc(data)
            default: []
            }
        file += header + crc(header) + payload + [UInt8](repeating: 0, count: -payload.count & 3) + sum
        var index: [UInt8] = [0, 1]
        index += number(header.count + 4 + payload.count + sum.count) + number(data.count)
        index += [UInt8](repeating: 0, count: -index.count & 3)
        let footer = Checksums.little(UInt64(index.count / 4), 4) + flags
        return file + index + crc(index) + crc(footer) + footer + [0x59, 0x5a]
    }

    /// LZMA2 chunks that are not compressed; the first resets the dictionary.
    private func chunks(_ data: [UInt8]) -> [UInt8] {
        var result: [UInt8] = []
        for start in stride(from: 0, to: data.count, by: 65536) {
            let part = data[start..<min(start + 65536, data.count)]
            let size = part.count - 1
            result += [start == 0 ? 1 : 2, UInt8(size >> 8), UInt8(size & 255)] + part
        }
        return result + [0]
    }

    private func crc(_ bytes: [UInt8]) -> [UInt8] { Checksums.little(UInt64(Checksums.crc32(bytes)), 4) }

    private func number(_ value: Int) -> [UInt8] {
        value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + number(value >> 7)
    }
}
