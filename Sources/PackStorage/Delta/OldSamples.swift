// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression

/// Where in an older content runs of bytes stand that can be found again: places that the bytes themselves choose, about one
/// in a kilobyte. Made once for an older content, asked once a segment.
package struct OldSamples: Sendable {
    private static let bucketBytes = 256 << 10
    private static let unclear: Int32 = -1

    /// Of the bytes before a place, the bucket that it is in; `unclear` when they stand in several.
    private var buckets: [UInt64: Int32] = [:]
    private let size: Int64
    private let rarity: UInt64

    package init(_ old: OldContent) throws {
        size = old.size
        // A million samples at most, whatever the size.
        var bits: UInt64 = 10
        while old.size >> bits > 1 << 20 { bits += 1 }
        rarity = 64 - bits
        var roller = Roller(rarity: rarity)
        var offset: Int64 = 0
        while offset < old.size {
            let length = Int(min(Int64(OldSamples.bucketBytes), old.size - offset))
            let bucket = Int32(offset / Int64(OldSamples.bucketBytes))
            for sample in roller.samples(of: try old.window(at: offset, length)) {
                let known = buckets[sample]
                buckets[sample] = known == nil || known == bucket ? bucket : OldSamples.unclear
            }
            offset += Int64(length)
        }
    }

    /// The window that holds most of what a segment holds; the first one of equals.
    func window(
        for segment: [UInt8], longest: Int64 = Int64(DeltaForm.maximumWindowBytes)
    ) -> (offset: Int64, length: Int) {
        guard size > longest else { return (0, Int(size)) }
        let width = Int(longest) / OldSamples.bucketBytes
        let count = Int((size - 1) / Int64(OldSamples.bucketBytes)) + 1
        var votes = [Int](repeating: 0, count: count)
        var roller = Roller(rarity: rarity)
        for sample in roller.samples(of: segment) {
            if let bucket = buckets[sample], bucket != OldSamples.unclear { votes[Int(bucket)] += 1 }
        }
        var sum = votes[..<width].reduce(0, +)
        var (best, most) = (0, sum)
        for start in stride(from: 1, through: count - width, by: 1) {
            sum += votes[start + width - 1] - votes[start - 1]
            if sum > most { (best, most) = (start, sum) }
        }
        let offset = Int64(best) * Int64(OldSamples.bucketBytes)
        return (offset, Int(min(longest, size - offset)))
    }
}

/// A number that the last 64 bytes give (a gear hash).
private struct Roller {
    private static let gear: [UInt64] = {
        var state: UInt64 = 0
        // SplitMix64, from zero.
        return (0..<256).map { _ in
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
            return mixed ^ (mixed >> 31)
        }
    }()

    private let rarity: UInt64
    private var state: UInt64 = 0

    init(rarity: UInt64) { self.rarity = rarity }

    mutating func samples(of bytes: [UInt8]) -> [UInt64] {
        var samples: [UInt64] = []
        var state = state
        Roller.gear.withUnsafeBufferPointer { gear in
            for byte in bytes {
                state = state << 1 &+ gear[Int(byte)]
                if state >> rarity == 0 { samples.append(state) }
            }
        }
        self.state = state
        return samples
    }
}
