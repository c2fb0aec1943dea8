// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Makes the targets of branches absolute, and takes it back. Code that moved as a whole calls what stayed where it was by
/// another distance; the address stays the same. It changes no byte that it decides by, so any bytes come back.
package enum BranchFilter: UInt8, Sendable, CaseIterable {
    case x86 = 1
    case arm64 = 2

    package init(_ architecture: Architecture) {
        switch architecture {
        case .amd64: self = .x86
        case .arm64: self = .arm64
        }
    }

    package enum Direction: Sendable {
        case absolute
        case relative
    }

    /// - Parameter address: of the first byte; everything counts modulo 2^32.
    package func apply(_ direction: Direction, to bytes: inout [UInt8], address: UInt32) {
        bytes.withUnsafeMutableBufferPointer { bytes in
            switch self {
            case .x86: BranchFilter.x86(direction, bytes, address)
            case .arm64: BranchFilter.arm64(direction, bytes, address)
            }
        }
    }

    /// `E8`, `E9`, `0F 80` to `0F 8F`, and `8D` with an operand that counts from the next instruction.
    private static func x86(_ direction: Direction, _ bytes: UnsafeMutableBufferPointer<UInt8>, _ address: UInt32) {
        var index = 0
        while index + 6 <= bytes.count {
            let operand: Int
            switch bytes[index] {
            case 0xe8, 0xe9: operand = index + 1
            case 0x0f where bytes[index + 1] & 0xf0 == 0x80: operand = index + 2
            case 0x8d where bytes[index + 1] & 0xc7 == 0x05: operand = index + 2
            default:
                index += 1
                continue
            }
            let top = bytes[operand + 3]
            // Left as it is, it is passed over all the same: what is decided by must not lie in another operand.
            index = operand + 4
            guard top == 0 || top == 0xff else { continue }
            let value =
                UInt32(bytes[operand]) | UInt32(bytes[operand + 1]) << 8 | UInt32(bytes[operand + 2]) << 16
                | UInt32(top) << 24
            let next = address &+ UInt32(truncatingIfNeeded: operand + 4)
            let moved = direction == .absolute ? value &+ next : value &- next
            // 25 bits with their sign: the top byte stays 00 or FF.
            bytes[operand] = UInt8(truncatingIfNeeded: moved)
            bytes[operand + 1] = UInt8(truncatingIfNeeded: moved >> 8)
            bytes[operand + 2] = UInt8(truncatingIfNeeded: moved >> 16)
            bytes[operand + 3] = moved & 0x100_0000 == 0 ? 0 : 0xff
        }
    }

    /// `BL` and `ADRP`.
    private static func arm64(_ direction: Direction, _ bytes: UnsafeMutableBufferPointer<UInt8>, _ address: UInt32) {
        var index = 0
        while index + 4 <= bytes.count {
            var word =
                UInt32(bytes[index]) | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2]) << 16
                | UInt32(bytes[index + 3]) << 24
            let here = address &+ UInt32(truncatingIfNeeded: index)
            if word & 0xfc00_0000 == 0x9400_0000 {
                let moved = direction == .absolute ? word &+ here >> 2 : word &- here >> 2
                word = 0x9400_0000 | moved & 0x03ff_ffff
            } else if word & 0x9f00_0000 == 0x9000_0000 {
                let pages = (word >> 5 & 0x7_ffff) << 2 | word >> 29 & 3
                let moved = direction == .absolute ? pages &+ here >> 12 : pages &- here >> 12
                word = word & 0x9f00_001f | (moved >> 2 & 0x7_ffff) << 5 | (moved & 3) << 29
            }
            for byte in 0..<4 { bytes[index + byte] = UInt8(truncatingIfNeeded: word >> (8 * UInt32(byte))) }
            index += 4
        }
    }
}
