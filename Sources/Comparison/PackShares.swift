// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// What contents cost on a medium: of the stored bytes of each pack the part that they unpack to. A run that several of them
/// share is paid once, by all of them in proportion.
struct PackShares {
    private let packs: PackIndex
    /// Stored bytes for each unpacked byte that a content takes of a pack.
    private var rates: [Double]
    /// Of all contents that are charged.
    let total: Int64

    init(_ packs: PackIndex, charging isCharged: (Digest) -> Bool) {
        self.packs = packs
        var runs = [[Range<Int64>]](repeating: [], count: packs.packs.count)
        for content in packs.contents where isCharged(content.digest) {
            for range in content.ranges { runs[range.pack].append(range.offset..<range.offset + range.length) }
        }
        rates = []
        var total = 0.0
        for (pack, taken) in zip(packs.packs, runs) {
            let claimed = taken.reduce(0.0) { $0 + Double($1.count) }
            let stored = Double(pack.storedBytes) * Double(PackShares.covered(taken)) / Double(pack.unpackedBytes)
            rates.append(claimed == 0 ? 0 : stored / claimed)
            total += stored
        }
        self.total = Int64(total.rounded())
    }

    private static func covered(_ runs: [Range<Int64>]) -> Int64 {
        var end: Int64 = 0
        return runs.sorted { $0.lowerBound < $1.lowerBound }.reduce(0) { sum, run in
            let fresh = max(0, run.upperBound - max(end, run.lowerBound))
            end = max(end, run.upperBound)
            return sum + fresh
        }
    }

    /// Nothing for what no pack holds. Only for contents that are charged.
    func cost(of digest: Digest) -> Int64 {
        let ranges = packs.content(digest)?.ranges ?? []
        return Int64(ranges.reduce(0.0) { $0 + Double($1.length) * rates[$1.pack] }.rounded(.up))
    }
}
