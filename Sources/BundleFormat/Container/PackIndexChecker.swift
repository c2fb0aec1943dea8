// SPDX-License-Identifier: Apache-2.0

/// Builds an index line by line and holds each line to format §9.2.
struct PackIndexChecker {
    private(set) var index = PackIndex()
    private var seen: Set<Digest> = []
    private var neededBytes: Int64 = 0
    /// Of an index that was completed by what a host has: there an older content need not be a needed one any more.
    var isCompleted = false

    /// Makes room, so that long lists are not copied as they grow.
    mutating func expect(contents: Int) {
        let count = min(contents, Limits.contents)
        index.digests.reserveCapacity(count)
        index.sizes.reserveCapacity(count)
        index.firstRange.reserveCapacity(count + 1)
        index.ranges.reserveCapacity(count)
    }

    /// The whole index.
    func finish() throws(LineFault) -> PackIndex {
        try endOfNeeds()
        return index
    }

    private func endOfNeeds() throws(LineFault) {
        guard index.bases.isEmpty || !index.needs.isEmpty else { throw .noNeeds }
    }

    mutating func take(_ base: PackIndex.Base) throws(LineFault) {
        guard index.needs.isEmpty, index.packs.isEmpty, index.sizes.isEmpty else { throw .notSorted }
        guard index.bases.count < Limits.bases else { throw .tooMany }
        if let last = index.bases.last {
            guard last.digest != base.digest else { throw .duplicate }
            guard last.digest < base.digest else { throw .notSorted }
        }
        index.bases.append(base)
    }

    mutating func take(_ need: PackIndex.Need) throws(LineFault) {
        guard index.packs.isEmpty, index.sizes.isEmpty else { throw .notSorted }
        // Whoever lacks it must be told what would bring it.
        guard !index.bases.isEmpty else { throw .noBase }
        guard index.needs.count < Limits.contents else { throw .tooMany }
        if let last = index.needs.last {
            guard last.digest != need.digest else { throw .duplicate }
            guard last.digest < need.digest else { throw .notSorted }
        }
        // An empty content costs nothing to carry.
        guard need.size >= 1 else { throw .badNumber }
        let (sum, overflow) = neededBytes.addingReportingOverflow(need.size)
        guard !overflow else { throw .badNumber }
        neededBytes = sum
        index.needs.append(need)
    }

    mutating func take(_ pack: PackIndex.Pack) throws(LineFault) {
        try endOfNeeds()
        guard index.sizes.isEmpty else { throw .notSorted }
        guard seen.insert(pack.digest).inserted else { throw .duplicate }
        // Empty contents have no range, so an empty pack holds nothing.
        guard (1...Int64(Limits.packUnpackedBytes)).contains(pack.unpackedBytes),
            (1...Int64(Limits.packStoredBytes)).contains(pack.storedBytes),
            pack.codec != .raw || pack.storedBytes == pack.unpackedBytes
        else { throw .badNumber }
        guard (pack.codec == .delta) == (pack.older != nil) else { throw .badSyntax }
        // So what a host has to have can be seen before a byte of a pack is read, and a full bundle has no such pack.
        if let older = pack.older, !isCompleted, index.need(older) == nil { throw .unknownOlder }
        index.packs.append(pack)
    }

    mutating func take(_ content: PackIndex.Content) throws(LineFault) {
        try endOfNeeds()
        guard index.sizes.count + index.needs.count < Limits.contents, index.ranges.count < Limits.ranges else {
            throw .tooMany
        }
        if let last = index.digests.last {
            guard last != content.digest else { throw .duplicate }
            guard last < content.digest else { throw .notSorted }
        }
        guard content.size >= 0 else { throw .badNumber }
        guard index.need(content.digest) == nil else { throw .duplicate }
        var sum: Int64 = 0
        for range in content.ranges {
            guard index.packs.indices.contains(range.pack) else { throw .unknownPack }
            let unpacked = index.packs[range.pack].unpackedBytes
            guard range.length > 0, range.offset >= 0, range.length <= unpacked, range.offset <= unpacked - range.length
            else { throw .outsidePack }
            let (total, overflow) = sum.addingReportingOverflow(range.length)
            guard !overflow else { throw .badNumber }
            sum = total
        }
        guard sum == content.size else { throw .wrongSum }
        index.digests.append(content.digest)
        index.sizes.append(content.size)
        for range in content.ranges { index.ranges.append(PackIndex.KeptRange(range)) }
        index.firstRange.append(Int32(index.ranges.count))
    }
}
