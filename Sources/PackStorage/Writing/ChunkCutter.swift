// SPDX-License-Identifier: Apache-2.0

/// Where a byte stream is cut so that equal stretches of different contents are cut alike, wherever they stand in them: a
/// gear hash over the last 64 bytes, with a stricter condition before the average size than after it (FastCDC: Xia et al.,
/// USENIX ATC 2016). Where chunks end is no part of the format; that the same bytes end them everywhere is promise 7.
struct ChunkCutter {
    static let minimumBytes = 16 << 10
    static let averageBytes = 64 << 10
    static let maximumBytes = 256 << 10

    /// The highest bits: those that most of the window has had its part in.
    private static let early: UInt64 = ((1 << 18) - 1) << 46
    private static let late: UInt64 = ((1 << 14) - 1) << 50

    private var hash: UInt64 = 0
    private var count = 0

    /// Takes bytes up to the end of the chunk that they are part of.
    ///
    /// - Returns: how many of them it took, and whether a chunk ends behind those.
    mutating func take(_ bytes: UnsafeRawBufferPointer) -> (count: Int, isEnd: Bool) {
        // Nothing ends a chunk before its minimum, so the hash begins there.
        var position = min(max(0, ChunkCutter.minimumBytes - count), bytes.count)
        count += position
        let found = ChunkCutter.gear.withUnsafeBufferPointer { gear in
            while position < bytes.count {
                hash = hash << 1 &+ gear[Int(bytes[position])]
                position += 1
                count += 1
                let mask = count < ChunkCutter.averageBytes ? ChunkCutter.early : ChunkCutter.late
                if hash & mask == 0 || count == ChunkCutter.maximumBytes { return true }
            }
            return false
        }
        if found { (hash, count) = (0, 0) }
        return (position, found)
    }

    /// 256 fixed numbers without a pattern: SplitMix64 (Steele, Lea, Flood, OOPSLA 2014) from 0.
    private static let gear: [UInt64] = (0..<256).map { index in
        var mixed = UInt64(index + 1) &* 0x9e37_79b9_7f4a_7c15
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
