// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Which contents go into which pack. Pure: the same contents, in any order, give the same plan.
///
/// It is stable: where a pack ends is decided by the digest of what ends there, not by a count from the beginning, so
/// that one file more or less changes the pack it stands in and no other (design §3).
package struct PackPlan: Equatable, Sendable {
    /// What recurs in a row of chunks is carried once from this length on: less is better left to compression, which has it
    /// in its window, than fetched from another pack.
    package static let sharedBytes: Int64 = 256 << 10

    /// One chunk of one content.
    package struct Slice: Equatable, Sendable {
        package let content: Digest
        package let offset: Int64
        package let length: Int64
        package let digest: Digest
    }

    /// One pack: slices one after the other.
    package struct Pack: Equatable, Sendable {
        package let kind: PackContent.Kind
        package internal(set) var slices: [Slice] = []
        package internal(set) var unpackedBytes: Int64 = 0
    }

    /// Where some bytes of a content lie.
    package struct Run: Equatable, Sendable {
        package let pack: Int
        package let offset: Int64
        package internal(set) var length: Int64
    }

    package let packs: [Pack]
    /// Every content once, by digest, empty ones too.
    package let contents: [PackContent]
    /// Of all contents; those of the content at i begin at the i-th of `firstRun`.
    private var runs: [Run] = []
    private var firstRun: [Int32] = [0]

    package init(_ contents: some Sequence<PackContent>, shape: PackShape = .separate) {
        let contents = PackPlan.unique(contents)
        var packer = Packer(shape)
        var placed: [(content: Int, Packer.Placed)] = []
        placed.reserveCapacity(contents.count)
        for (index, portion) in PackPlan.portions(of: contents, shape) {
            placed += packer.add(portion).map { (index, $0) }
        }
        packer.close()
        (packs, self.contents) = (packer.packs, contents)
        placed.sort { ($0.content, $0.1.offset) < ($1.content, $1.1.offset) }
        runs = placed.map(\.1.run)
        var next = 0
        for index in contents.indices {
            while next < placed.count, placed[next].content == index { next += 1 }
            firstRun.append(Int32(next))
        }
    }

    /// Where the content at an index of `contents` lies, in the order of its bytes; nothing for an empty one.
    package func runs(at index: Int) -> ArraySlice<Run> { runs[Int(firstRun[index])..<Int(firstRun[index + 1])] }

    /// - Returns: nil when it is none of the plan's.
    package func content(_ digest: Digest) -> PackContent? {
        let place = contents.partitioningIndex { $0.digest >= digest }
        return place < contents.endIndex && contents[place].digest == digest ? contents[place] : nil
    }

    /// In the order of digests; of equal contents the first one by path stays.
    private static func unique(_ contents: some Sequence<PackContent>) -> [PackContent] {
        var sorted = Array(contents)
        sorted.sort { left, right in
            if left.digest != right.digest { return left.digest < right.digest }
            return left.path.utf8.lexicographicallyPrecedes(right.path.utf8)
        }
        // In place: there may be a million.
        var kept = 0
        for index in sorted.indices where kept == 0 || sorted[kept - 1].digest != sorted[index].digest {
            sorted.swapAt(kept, index)
            kept += 1
        }
        sorted.removeLast(sorted.count - kept)
        return sorted
    }

    /// Grouped by kind, the large ones first and the small ones last, then by path.
    private static func portions(
        of contents: [PackContent], _ shape: PackShape
    ) -> [(content: Int, portion: PackPortion)] {
        var portions: [(content: Int, portion: PackPortion)] = []
        portions.reserveCapacity(contents.count)
        for (index, content) in contents.enumerated() { portions += content.portions.map { (index, $0) } }
        portions.sort { left, right in
            let (left, right) = (left.portion, right.portion)
            if left.kind.rank != right.kind.rank { return left.kind.rank < right.kind.rank }
            let (leftSize, rightSize) = (shape.size(of: left), shape.size(of: right))
            if leftSize != rightSize { return leftSize.rawValue < rightSize.rawValue }
            return left.content.path.utf8.lexicographicallyPrecedes(right.content.path.utf8)
        }
        return portions
    }
}
