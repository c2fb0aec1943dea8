// SPDX-License-Identifier: Apache-2.0
import BundleFormat

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
                if head.count == wanted { look(endingAt: position + Int64(next)) }
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

    private mutating func look(endingAt end: Int64) {
        if wanted == CodeFinder.headBytes {
            guard let architecture = header() else { return wanted = 0 }
            counts[architecture, default: 0] += 1
            let segments = Int(number(at: 56, bytes: 2))
            guard number(at: 32, bytes: 8) == CodeFinder.headBytes, number(at: 54, bytes: 2) == CodeFinder.segmentBytes,
                (1...CodeFinder.mostSegments).contains(segments)
            else { return wanted = 0 }
            wanted += segments * CodeFinder.segmentBytes
            return
        }
        wanted = 0
        let start = end - Int64(head.count)
        var last = sum(number(at: 40, bytes: 8), number(at: 58, bytes: 2) * number(at: 60, bytes: 2)) ?? 0
        for at in stride(from: CodeFinder.headBytes, to: head.count, by: CodeFinder.segmentBytes) {
            // PT_LOAD.
            guard number(at: at, bytes: 4) == 1,
                let begin = sum(number(at: at + 8, bytes: 8), 0), let stop = sum(begin, number(at: at + 32, bytes: 8))
            else { continue }
            last = max(last, stop)
            // PF_X.
            guard number(at: at + 4, bytes: 4) & 1 == 1 else { continue }
            add(max(start + Int64(begin), end)..<max(start + Int64(stop), end))
        }
        covered += Int64(last)
    }

    private mutating func add(_ range: Range<Int64>) {
        guard range.upperBound - range.lowerBound >= CodeFinder.leastBytes else { return }
        guard range.lowerBound >= ranges.last?.upperBound ?? 0 else { return }
        ranges.append(range)
    }

    /// ELF of 64 bits, little-endian, for a machine that there is a filter for.
    private func header() -> Architecture? {
        guard head.starts(with: [0x7f, 0x45, 0x4c, 0x46, 2, 1]) else { return nil }
        switch number(at: 18, bytes: 2) {
        case 62: return .amd64
        case 183: return .arm64
        default: return nil
        }
    }

    private func number(at place: Int, bytes count: Int) -> UInt64 {
        head[place..<place + count].reversed().reduce(0) { $0 << 8 | UInt64($1) }
    }

    /// - Returns: nil for what no file has.
    private func sum(_ left: UInt64, _ right: UInt64) -> UInt64? {
        let (sum, overflows) = left.addingReportingOverflow(right)
        return overflows || sum > 1 << 48 ? nil : sum
    }
}
