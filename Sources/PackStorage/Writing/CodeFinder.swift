// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import SoftwareBills

/// Where machine code stands in a content: in the executable segments (elf(5), program headers) of a program, or of those in
/// an archive, which keeps each at a block's beginning. A guess, and only about what compresses better beside what: an ELF
/// file that lies about itself costs its author some bytes.
struct CodeFinder {
    /// Less is not worth a place of its own: two more runs in the index, and less for compression to find around it.
    static let leastBytes: Int64 = 16 << 10

    private static let blockBytes: Int64 = 512
    /// elf(5), 64 bits: the file's header, one of a segment, and how many of them are looked at.
    private static let headBytes = 64
    private static let segmentBytes = 56
    private static let mostSegments = 64

    /// Bytes taken.
    private var position: Int64 = 0
    /// Of what may be a program, from its first byte on; and how much of it is wanted.
    private var head: [UInt8] = []
    private var wanted = 0
    /// Ahead of what was cut, in order; none touches another.
    private var ranges: [Range<Int64>] = []
    private var counts: [Architecture: Int] = [:]
    /// Bytes that are in programs, as far as those say so.
    private var covered: Int64 = 0

    /// All that begins in these bytes is known before they are cut: a range begins behind the headers that tell of it.
    mutating func take(_ bytes: UnsafeRawBufferPointer) {
        var next = 0
        while next < bytes.count {
            if wanted > 0 {
                let count = min(wanted - head.count, bytes.count - next)
                head += bytes[next..<next + count]
                next += count
                if head.count == wanted { try? look(endingAt: position + Int64(next)) }
                continue
            }
            let inBlock = (position + Int64(next)) % CodeFinder.blockBytes
            if inBlock == 0, bytes[next] == 0x7f {
                head.removeAll(keepingCapacity: true)
                wanted = CodeFinder.headBytes
            } else {
                // Nearly every block says with its first byte that it is no program's.
                next += Int(CodeFinder.blockBytes - inBlock)
            }
        }
        position += Int64(bytes.count)
    }

    /// How far it is from a place to where code begins or ends, and whether there is code. Places are asked for in order.
    mutating func stretch(at place: Int64) -> (length: Int64, isCode: Bool) {
        while let first = ranges.first, first.upperBound <= place { ranges.removeFirst() }
        guard let first = ranges.first else { return (.max, false) }
        return first.contains(place) ? (first.upperBound - place, true) : (first.lowerBound - place, false)
    }

    /// Of most of the programs, if there are any.
    var architecture: Architecture? {
        let (amd64, arm64) = (counts[.amd64, default: 0], counts[.arm64, default: 0])
        return amd64 + arm64 == 0 ? nil : amd64 >= arm64 ? .amd64 : .arm64
    }

    /// Whether there is more in programs than beside them.
    var isMostlyPrograms: Bool { covered > position / 2 }

    private mutating func look(endingAt end: Int64) throws {
        let image = ELFImage(head)
        let isWhole = head.count > CodeFinder.headBytes
        wanted = 0
        guard isWhole else { return wanted = try bytesOfHeaders(image) }
        let start = end - Int64(head.count)
        // e_shoff, e_shentsize, e_shnum.
        let sections = try sum(
            image.number(at: 40, bytes: 8),
            (image.number(at: 58, bytes: 2) ?? 0) * (image.number(at: 60, bytes: 2) ?? 0))
        var last = sections ?? 0
        // PT_LOAD.
        for segment in try ELFSegment.all(in: image) where segment.type == 1 {
            guard let begin = sum(segment.offset, 0), let stop = sum(begin, segment.fileSize) else { continue }
            last = max(last, stop)
            // PF_X.
            guard segment.flags & 1 == 1 else { continue }
            add(max(start + Int64(begin), end)..<max(start + Int64(stop), end))
        }
        covered += Int64(last)
    }

    /// - Returns: how many there are of an ELF file's header and those of segments, which stand behind it; 0 where it is none of
    ///   64 bits, little-endian, for a machine that there is a filter for, or says nothing of its segments.
    private mutating func bytesOfHeaders(_ image: ELFImage) throws -> Int {
        guard head.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]), let architecture = try image.architecture else {
            return 0
        }
        counts[architecture, default: 0] += 1
        // e_phoff, e_phentsize, e_phnum.
        guard try image.number(at: 32, bytes: 8) == UInt64(CodeFinder.headBytes),
            try image.number(at: 54, bytes: 2) == UInt64(CodeFinder.segmentBytes),
            let segments = try image.number(at: 56, bytes: 2), (1...CodeFinder.mostSegments).contains(Int(segments))
        else { return 0 }
        return CodeFinder.headBytes + Int(segments) * CodeFinder.segmentBytes
    }

    private mutating func add(_ range: Range<Int64>) {
        guard range.upperBound - range.lowerBound >= CodeFinder.leastBytes else { return }
        guard range.lowerBound >= ranges.last?.upperBound ?? 0 else { return }
        ranges.append(range)
    }

    /// - Returns: nil for what no file has.
    private func sum(_ left: UInt64?, _ right: UInt64) -> UInt64? {
        guard let left else { return nil }
        let (sum, overflows) = left.addingReportingOverflow(right)
        return overflows || sum > 1 << 48 ? nil : sum
    }
}
