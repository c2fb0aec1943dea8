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

    /// Whether a host needs more than the bundle to have the release.
    package var isDelta: Bool { !needs.isEmpty }
    package var neededBytes: Int64 { needs.reduce(0) { $0 + $1.size } }

    /// - Returns: nil when it is not one that a host must have.
    package func need(_ digest: Digest) -> Need? { needs.position(of: digest).map { needs[$0] } }

    /// This index with what a host holds of its needs; what it does not hold stays needed.
    ///
    /// - Parameter held: where the host's packs have contents; others than the needed ones are passed over.
    package func completed(by held: PackIndex) throws(FormatError) -> PackIndex {
        var packs = packs
        var numbers: [Digest: Int] = [:]
        for (number, pack) in packs.enumerated() { numbers[pack.digest] = number }
        var found: [Content] = []
        var lacking: [Need] = []
        for need in needs {
            guard let content = held.content(need.digest), content.size == need.size else {
                lacking.append(need)
                continue
            }
            var ranges: [Range] = []
            for range in content.ranges {
                let pack = held.packs[range.pack]
                let number = numbers[pack.digest] ?? packs.count
                // The same pack may be carried for another content.
                if number == packs.count {
                    numbers[pack.digest] = number
                    packs.append(pack)
                }
                ranges.append(Range(pack: number, offset: range.offset, length: range.length))
            }
            found.append(Content(digest: content.digest, size: content.size, ranges: ranges))
        }
        return try PackIndex(
            packs: packs, contents: contents + found, bases: lacking.isEmpty ? [] : bases, needs: lacking)
    }
}

extension RandomAccessCollection<PackIndex.Need> where Index == Int {
    func position(of digest: Digest) -> Int? {
        var low = startIndex
        var high = endIndex
        while low < high {
            let middle = (low + high) / 2
            if self[middle].digest == digest { return middle }
            if self[middle].digest < digest { low = middle + 1 } else { high = middle }
        }
        return nil
    }
}
