// SPDX-License-Identifier: Apache-2.0

/// Builds an index line by line and holds each line to format §9.2.
struct PackIndexChecker {
    private(set) var index = PackIndex()
    private var seen: Set<Digest> = []

    mutating func take(_ pack: PackIndex.Pack) throws(LineFault) {
        guard index.sizes.isEmpty else { throw .notSorted }
        guard seen.insert(pack.digest).inserted else { throw .duplicate }
        // Empty contents have no range, so an empty pack holds nothing.
        guard (1...Int64(Limits.packUnpackedBytes)).contains(pack.unpackedBytes),
            (1...Int64(Limits.packStoredBytes)).contains(pack.storedBytes),
            pack.codec != .raw || pack.storedBytes == pack.unpackedBytes
        else { throw .badNumber }
        index.packs.append(pack)
    }

    mutating func take(_ content: PackIndex.Content) throws(LineFault) {
        guard index.sizes.count < Limits.contents, index.ranges.count < Limits.ranges else { throw .tooMany }
        if index.sizes.count > 0 {
            let last = index.digests.suffix(32)
            guard !last.elementsEqual(content.digest.bytes) else { throw .duplicate }
            guard last.lexicographicallyPrecedes(content.digest.bytes) else { throw .notSorted }
        }
        guard content.size >= 0 else { throw .badNumber }
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
        index.digests += content.digest.bytes
        index.sizes.append(content.size)
        index.ranges += content.ranges
        index.firstRange.append(Int32(index.ranges.count))
    }
}
