// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// What changes from one release to another, and what carrying it costs. Pure.
package struct ReleaseComparison: Sendable {
    package enum Old: Sendable {
        case release(ComparedRelease)
        /// What a host wrote down that it holds: contents, and nothing of what they are for.
        case contents(Set<Digest>)
    }

    /// The dearest first.
    package let changes: [ReleaseChange]
    /// Things that are alike on both sides; against an inventory, those that the host has.
    package let unchanged: [ReleaseChange.Kind: Int]
    /// Bytes of NEW; nil when it is a delta itself.
    package let fullBytes: Int64?
    /// About what `create --base OLD` would make; nil when no delta can be, or NEW leaves out what OLD has not.
    package let deltaBytes: Int64?
    /// Contents that NEW leaves to its host, and OLD does not have.
    package let unknownCosts: Int
    package let unpackedBefore: Int64?
    package let unpackedAfter: Int64
    /// Whether values were read on both sides.
    package let comparesValues: Bool

    package init(_ old: Old, _ new: ComparedRelease) {
        let held: Set<Digest>
        switch old {
        case .release(let release): held = release.packedContents
        case .contents(let contents): held = contents
        }
        let shares = PackShares(new.packs) { !held.contains($0) }
        var bill = Bill(shares: shares, held: held)
        var found: [ReleaseChange] = []
        var tally = Tally()
        switch old {
        case .release(let release):
            found += TreeComparison(release, new).changes(&bill, &tally)
            found += ImageComparison(release.manifest.images, new.manifest.images).changes(&bill, &tally)
            found += DocumentComparison(release.documents, new.documents).changes(&tally)
            found += ManifestComparison(release, new).changes(&tally)
            unpackedBefore = release.unpackedBytes
            comparesValues = release.values != nil && new.values != nil
        case .contents:
            found += LackingSearch(new).changes(&bill, &tally)
            unpackedBefore = nil
            comparesValues = false
        }
        changes = found.sorted(by: ReleaseChange.precedes)
        unchanged = tally.unchanged
        unpackedAfter = new.unpackedBytes
        let stored = new.packs.packs.reduce(0) { $0 + $1.storedBytes }
        unknownCosts = new.packs.needs.count { !held.contains($0.digest) }
        fullBytes = new.packs.isDelta ? nil : new.fileBytes
        var isPossible = unknownCosts == 0
        if case .release(let release) = old, !release.isOfSameProduct(as: new) { isPossible = false }
        deltaBytes = isPossible ? new.fileBytes - stored + shares.total : nil
    }
}

extension ComparedRelease {
    /// Whether one can be the base of the other.
    package func isOfSameProduct(as other: ComparedRelease) -> Bool {
        manifest.name == other.manifest.name && manifest.arch == other.manifest.arch
    }
}

/// Charges each content once, to the first thing that is made of it.
struct Bill {
    let shares: PackShares
    let held: Set<Digest>
    private var charged: Set<Digest> = []

    init(shares: PackShares, held: Set<Digest>) {
        self.shares = shares
        self.held = held
    }

    mutating func charge(_ digest: Digest) -> Int64 {
        guard !held.contains(digest), charged.insert(digest).inserted else { return 0 }
        return shares.cost(of: digest)
    }
}

struct Tally {
    private(set) var unchanged: [ReleaseChange.Kind: Int] = [:]

    mutating func same(_ kind: ReleaseChange.Kind) { unchanged[kind, default: 0] += 1 }
}
