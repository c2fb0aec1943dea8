// SPDX-License-Identifier: Apache-2.0
import Compression

/// Finds what of a segment is a window's bytes with small changes, after bsdiff (Percival, 2003): a run is followed through bytes that differ as long
/// as another place would not fit better by more than `gain` bytes, then it is lengthened at both ends while at least half of its bytes are alike. Candidates come from a chain of
/// places with the same eight bytes; 80 MiB for a window of 16 MiB.
struct CopyFinder {
    /// A place must fit better by this many bytes; less is left to LZMA, which has the window as its dictionary.
    private static let gain = 24
    /// Of so many.
    private static let horizon = 64
    private static let seedBytes = 8
    private static let candidates = 24
    private static let enough = 4096
    /// With so many bytes alike, no other place is looked for.
    private static let aligned = 16

    private let window: UnsafeBufferPointer<UInt8>
    private let segment: UnsafeBufferPointer<UInt8>
    private var heads: [Int32]
    private var chain: [Int32]
    private let shift: UInt64

    static func copies(of segment: [UInt8], from window: [UInt8]) -> [DeltaCopy] {
        guard segment.count >= seedBytes, window.count >= seedBytes else { return [] }
        return window.withUnsafeBufferPointer { window in
            segment.withUnsafeBufferPointer { CopyFinder(window: window, segment: $0).copies() }
        }
    }

    private init(window: UnsafeBufferPointer<UInt8>, segment: UnsafeBufferPointer<UInt8>) {
        (self.window, self.segment) = (window, segment)
        var bits: UInt64 = 10
        while bits < 22, 1 << bits < window.count { bits += 1 }
        shift = 64 - bits
        heads = [Int32](repeating: -1, count: 1 << Int(bits))
        chain = [Int32](repeating: -1, count: window.count)
        for place in 0...(window.count - CopyFinder.seedBytes) {
            let head = hash(window, place)
            chain[place] = heads[head]
            heads[head] = Int32(place)
        }
    }

    private func hash(_ bytes: UnsafeBufferPointer<UInt8>, _ place: Int) -> Int {
        let word = UnsafeRawBufferPointer(bytes).loadUnaligned(fromByteOffset: place, as: UInt64.self).littleEndian
        return Int(truncatingIfNeeded: (word &* 0x9e37_79b9_7f4a_7c15) >> shift)
    }

    /// How many bytes are alike from two places on.
    private func alike(_ place: Int, _ source: Int, limit: Int = enough) -> Int {
        guard source >= 0 else { return 0 }
        let most = min(limit, segment.count - place, window.count - source)
        var count = 0
        while count < most, segment[place + count] == window[source + count] { count += 1 }
        return count
    }

    private func longest(at place: Int) -> (source: Int, length: Int) {
        var best = (source: 0, length: 0)
        guard place + CopyFinder.seedBytes <= segment.count else { return best }
        var source = Int(heads[hash(segment, place)])
        for _ in 0..<CopyFinder.candidates where source >= 0 {
            let length = alike(place, source)
            if length > best.length { best = (source, length) }
            if length >= CopyFinder.enough { break }
            source = Int(chain[source])
        }
        return best
    }

    private func copies() -> [DeltaCopy] {
        var copies: [DeltaCopy] = []
        var place = 0
        var current: DeltaCopy?
        while place < segment.count {
            if let current {
                let run = alike(place, current.source + place - current.position)
                if run >= CopyFinder.aligned {
                    place += run
                    continue
                }
            }
            let found = longest(at: place)
            let next = DeltaCopy(position: place, source: found.source, length: found.length)
            guard found.length >= CopyFinder.seedBytes, score(next, place) > CopyFinder.gain + score(current, place)
            else {
                place += 1
                continue
            }
            current = join(current, next, &copies)
            place += found.length
        }
        if let current { copies.append(lengthened(current, to: segment.count)) }
        return copies.filter { $0.length > 0 }
    }

    /// How many of the next bytes a run fits, through those that differ.
    private func score(_ run: DeltaCopy?, _ place: Int) -> Int {
        guard let run else { return 0 }
        let source = run.source + place - run.position
        var score = 0
        for index in 0..<min(CopyFinder.horizon, segment.count - place) where source + index < window.count {
            if segment[place + index] == window[source + index] { score += 1 }
        }
        return score
    }

    /// A run forward, up to a place, while at least half is alike.
    private func lengthened(_ run: DeltaCopy, to end: Int) -> DeltaCopy {
        var (alike, bestAlike, best) = (0, 0, 0)
        for index in 0..<min(end - run.position, window.count - run.source) {
            if segment[run.position + index] == window[run.source + index] { alike += 1 }
            if 2 * alike - (index + 1) > 2 * bestAlike - best { (bestAlike, best) = (alike, index + 1) }
        }
        return DeltaCopy(position: run.position, source: run.source, length: best)
    }

    /// Ends the current run where the next one takes over, and gives that with what it takes.
    private func join(_ current: DeltaCopy?, _ next: DeltaCopy, _ copies: inout [DeltaCopy]) -> DeltaCopy {
        let start = current?.position ?? 0
        var (alike, bestAlike, back) = (0, 0, 0)
        for index in stride(from: 1, through: min(next.position - start, next.source), by: 1) {
            if segment[next.position - index] == window[next.source - index] { alike += 1 }
            if 2 * alike - index > 2 * bestAlike - back { (bestAlike, back) = (alike, index) }
        }
        guard let current else { return next.begun(earlier: back) }
        var run = lengthened(current, to: next.position)
        let overlap = run.position + run.length - (next.position - back)
        if overlap > 0 {
            // Where both fit, the cut goes where most bytes are alike.
            var (score, best, kept) = (0, 0, 0)
            for index in 0..<overlap {
                let place = run.position + run.length - overlap + index
                if segment[place] == window[run.source + place - run.position] { score += 1 }
                if segment[place] == window[next.source + place - next.position] { score -= 1 }
                if score > best { (best, kept) = (score, index + 1) }
            }
            run.length += kept - overlap
            back -= kept
        }
        copies.append(run)
        return next.begun(earlier: back)
    }
}

extension DeltaCopy {
    fileprivate func begun(earlier count: Int) -> DeltaCopy {
        DeltaCopy(position: position - count, source: source - count, length: length + count)
    }
}
