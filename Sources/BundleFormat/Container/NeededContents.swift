// SPDX-License-Identifier: Apache-2.0

extension PackIndex {
    /// A content that a host must have already (format §9.3).
    package struct Need: Equatable, Sendable {
        package let digest: Digest
        package let size: Int64

        package init(digest: Digest, size: Int64) {
            self.digest = digest
            self.size = size
        }
    }

    /// A release that a delta was made against: a host that has installed all of them has what is needed.
    package struct Base: Hashable, Sendable {
        package let version: Version
        /// The release digest.
        package let digest: Digest

        package init(version: Version, digest: Digest) {
            self.version = version
            self.digest = digest
        }
    }

    /// How much of a delta is coded against older contents, and what that takes.
    package struct Coded: Equatable, Sendable {
        package let contents: Int
        package let bytes: Int64
        package let storedBytes: Int64
    }

    package var coded: Coded {
        let deltas = packs.filter { $0.codec == .delta }
        let coded = deltas.isEmpty ? [] : contents.filter(isCoded)
        return Coded(
            contents: coded.count, bytes: coded.reduce(0) { $0 + $1.size },
            storedBytes: deltas.reduce(0) { $0 + $1.storedBytes })
    }

    /// What a host makes out of packs that refer to older contents: the same packs without that.
    package var madeBytes: Int64 { packs.filter { $0.codec == .delta }.reduce(0) { $0 + $1.unpackedBytes } }

    /// The older contents that these packs refer to, unpacked.
    package var olderBytes: Int64 {
        Set(packs.compactMap(\.older)).reduce(0) { $0 + (size(of: $1) ?? 0) }
    }

    /// Whether a host needs more than the bundle to have the release.
    package var isDelta: Bool { !needs.isEmpty }
    package var neededBytes: Int64 { needs.reduce(0) { $0 + $1.size } }

    /// Whether a content is made of packs that refer to an older one.
    package func isCoded(_ content: Content) -> Bool { content.ranges.contains { packs[$0.pack].codec == .delta } }

    /// - Returns: nil when it is not one that a host must have.
    package func need(_ digest: Digest) -> Need? { needs.position(of: digest).map { needs[$0] } }

    /// The index with what a host holds of its needs; what it does not hold stays needed. Contents that came in packs of the
    /// codec `delta` lie where the host holds them, if it does; such a pack goes when nothing is made of it any more, and with it
    /// the need for its older content.
    ///
    /// - Parameters:
    ///   - held: where the host's packs have contents; others than those are passed over.
    ///   - isWanted: whether a needed content is one of the release, and not only older than one.
    package func completed(by held: PackIndex, isWanted: (Digest) -> Bool = { _ in false }) throws(FormatError)
        -> PackIndex
    {
        let coded = Set(packs.indices.filter { packs[$0].codec == .delta })
        var found: [Content] = []
        var kept: [Content] = []
        var left: Set<Int> = []
        for content in contents {
            let isCoded = !coded.isEmpty && content.ranges.contains { coded.contains($0.pack) }
            if isCoded, let there = held.content(content.digest), there.size == content.size {
                found.append(there)
            } else {
                kept.append(content)
                if isCoded { left.formUnion(content.ranges.map(\.pack).filter(coded.contains)) }
            }
        }
        let older = Set(coded.compactMap { packs[$0].older })
        let olderLeft = Set(left.compactMap { packs[$0].older })
        var lacking: [Need] = []
        for need in needs {
            if let there = held.content(need.digest), there.size == need.size {
                found.append(there)
            } else if !older.contains(need.digest) || olderLeft.contains(need.digest) || isWanted(need.digest) {
                lacking.append(need)
            }
        }
        var joined = JoinedPacks()
        for (number, pack) in packs.enumerated() where !coded.contains(number) || left.contains(number) {
            joined.add(pack)
        }
        let contents = kept.map { joined.take($0, from: packs) } + found.map { joined.take($0, from: held.packs) }
        var checker = PackIndexChecker()
        checker.isCompleted = true
        return try PackIndex(
            packs: joined.packs, inOrder: contents.sorted { $0.digest < $1.digest },
            bases: lacking.isEmpty ? [] : bases, needs: lacking, checker: checker)
    }
}

/// Packs of several indexes, each once: the same may be carried for one content and held for another.
package struct JoinedPacks {
    package private(set) var packs: [PackIndex.Pack] = []
    private var numbers: [Digest: Int] = [:]

    package init() {}

    @discardableResult
    package mutating func add(_ pack: PackIndex.Pack) -> Int {
        if let known = numbers[pack.digest] { return known }
        numbers[pack.digest] = packs.count
        packs.append(pack)
        return packs.count - 1
    }

    /// A content of another index with the numbers of this one.
    package mutating func take(_ content: PackIndex.Content, from others: [PackIndex.Pack]) -> PackIndex.Content {
        var ranges: [PackIndex.Range] = []
        for range in content.ranges {
            ranges.append(
                PackIndex.Range(pack: add(others[range.pack]), offset: range.offset, length: range.length))
        }
        return PackIndex.Content(digest: content.digest, size: content.size, ranges: ranges)
    }
}

extension RandomAccessCollection<PackIndex.Need> where Index == Int {
    func position(of digest: Digest) -> Int? {
        let place = partitioningIndex { $0.digest >= digest }
        return place < endIndex && self[place].digest == digest ? place : nil
    }
}
