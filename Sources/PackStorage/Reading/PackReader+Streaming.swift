// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

extension PackReader {
    /// What may wait in memory for its turn, beside a decoder.
    private static let waitingBytes: Int64 = 16 << 20

    /// Writes one content, in order, as it comes out of its packs; the way to a runtime that pulls. Blocks its thread. What
    /// the content wants of a pack later on waits in memory, up to 16 MiB; beyond that the pack is decoded again.
    ///
    /// - Throws: `PackError`; what the sink throws. A fault may come after bytes were given.
    package func write(_ content: Digest, to sink: any ByteSink, feeds: [String] = []) throws {
        guard let entry = index.content(content) else { throw PackError.unknownContent(content, feeds: feeds) }
        let hashed = HashingSink([sink])
        var waiting = WaitingRanges(entry.ranges, limit: PackReader.waitingBytes)
        var position = 0
        while position < entry.ranges.count {
            if let bytes = waiting.take(at: position) {
                try bytes.withUnsafeBytes { try hashed.write($0) }
                position += 1
                continue
            }
            let pack = entry.ranges[position].pack
            var routes: [PackRoute] = []
            // Neighbours in one pack are taken in one pass over it.
            var end: Int64 = 0
            while position < entry.ranges.count, case let range = entry.ranges[position], range.pack == pack,
                range.offset >= end, !waiting.holds(range)
            {
                end = range.offset + range.length
                routes.append(PackRoute(offset: range.offset, length: range.length, begin: { hashed }, end: {}))
                position += 1
            }
            let kept = waiting.keep(from: pack, after: position)
            routes += kept.map { range, bytes in
                PackRoute(offset: range.offset, length: range.length, begin: { bytes }, end: {})
            }
            try decode(pack, to: RangeRouter(routes), feeds: feeds)
            waiting.fill(kept)
        }
        guard hashed.digest == content, hashed.count == entry.size else {
            throw PackError.wrongContent(content, found: hashed.digest, feeds: feeds)
        }
    }

    /// One content whole, for small ones: a template, a schema.
    ///
    /// - Throws: `PackError.unknownContent` too when it is larger than `limit` bytes.
    package func bytes(of content: Digest, limit: Int) throws -> [UInt8] {
        guard let entry = index.content(content), entry.size <= Int64(limit) else {
            throw PackError.unknownContent(content, feeds: [])
        }
        let sink = CollectingSink()
        try write(content, to: sink)
        return sink.bytes
    }
}

/// Ranges of one content that were decoded before their turn.
private struct WaitingRanges {
    private let ranges: [PackIndex.Range]
    private let limit: Int64
    /// Positions at which a pack is wanted, in order, for packs that are wanted more than once.
    private var positions: [Int: [Int]] = [:]
    private var held: [PackIndex.Range: (bytes: [UInt8], last: Int)] = [:]
    private var heldBytes: Int64 = 0

    init(_ ranges: [PackIndex.Range], limit: Int64) {
        self.ranges = ranges
        self.limit = limit
        for (position, range) in ranges.enumerated() { positions[range.pack, default: []].append(position) }
    }

    func holds(_ range: PackIndex.Range) -> Bool { held[range] != nil }

    /// The bytes of the range at a position, if they wait; they go after their last use.
    mutating func take(at position: Int) -> [UInt8]? {
        let range = ranges[position]
        guard let found = held[range] else { return nil }
        if found.last == position {
            held[range] = nil
            heldBytes -= range.length
        }
        return found.bytes
    }

    /// Which ranges of a pack are to be kept for later: the next ones first, as many as there is room for.
    func keep(from pack: Int, after position: Int) -> [(PackIndex.Range, CollectingSink)] {
        var room = limit - heldBytes
        var seen: Set<PackIndex.Range> = []
        var kept: [(PackIndex.Range, CollectingSink)] = []
        for later in positions[pack] ?? [] where later >= position {
            let range = ranges[later]
            guard held[range] == nil, !seen.contains(range) else { continue }
            guard range.length <= room else { break }
            room -= range.length
            seen.insert(range)
            kept.append((range, CollectingSink()))
        }
        return kept
    }

    mutating func fill(_ kept: [(PackIndex.Range, CollectingSink)]) {
        for (range, sink) in kept {
            let last = positions[range.pack]?.last { ranges[$0] == range } ?? 0
            held[range] = (sink.bytes, last)
            heldBytes += range.length
        }
    }
}
