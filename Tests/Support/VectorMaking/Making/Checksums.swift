// SPDX-License-Identifier: Apache-2.0

/// The checksums of gzip and xz.
enum Checksums {
    private static let table32 = (0..<256).map { byte in
        (0..<8).reduce(UInt32(byte)) { part, _ in part >> 1 ^ (part & 1 == 1 ? 0xedb8_8320 : 0) }
    }
    private static let table64 = (0..<256).map { byte in
        (0..<8).reduce(UInt64(byte)) { part, _ in part >> 1 ^ (part & 1 == 1 ? 0xc96c_5795_d787_0f42 : 0) }
    }

    static func crc32(_ bytes: [UInt8]) -> UInt32 {
        let table = table32
        var sum = ~UInt32(0)
        for byte in bytes { sum = sum >> 8 ^ table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
        return ~sum
    }

    static func crc64(_ bytes: [UInt8]) -> UInt64 {
        let table = table64
        var sum = ~UInt64(0)
        for byte in bytes { sum = sum >> 8 ^ table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] }
        return ~sum
    }

    static func little(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> ($0 * 8)) }
    }
}
