// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// How many ELF files stand in a content that is an archive: a tar keeps each at a block's beginning. A guess, and only about
/// which filter compresses better; a filter gives back any bytes.
struct ProgramCount {
    private static let blockBytes = 512
    /// Up to `e_machine` (elf(5)).
    private static let headBytes = 20

    private var position = 0
    /// Of a block whose beginning came in two pieces.
    private var head: [UInt8] = []
    private var counts: [Architecture: Int] = [:]

    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        var next = 0
        while next < bytes.count {
            let inBlock = (position + next) % ProgramCount.blockBytes
            guard inBlock < ProgramCount.headBytes else {
                next += ProgramCount.blockBytes - inBlock
                continue
            }
            if inBlock == 0 { head.removeAll(keepingCapacity: true) }
            // Nearly every block says with its first byte that it is no program's.
            if inBlock == 0, bytes[next] != 0x7f {
                next += ProgramCount.blockBytes
                continue
            }
            if inBlock == head.count {
                head += bytes[next...].prefix(ProgramCount.headBytes - inBlock)
                if head.count == ProgramCount.headBytes { look() }
            }
            next += ProgramCount.headBytes - inBlock
        }
        position += bytes.count
    }

    /// Of most of them, if there are any.
    var architecture: Architecture? {
        let (amd64, arm64) = (counts[.amd64, default: 0], counts[.arm64, default: 0])
        return amd64 + arm64 == 0 ? nil : amd64 >= arm64 ? .amd64 : .arm64
    }

    private mutating func look() {
        // 64 bits, little-endian.
        guard head.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) else { return }
        switch (head[18], head[19]) {
        case (62, 0): counts[.amd64, default: 0] += 1
        case (183, 0): counts[.arm64, default: 0] += 1
        default: break
        }
    }
}
