// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import PackStorage

/// All packs of a bundle, made, and which contents they stand for.
struct ReleasePacks {
    let split: DeltaSplit
    let plan: PackPlan
    /// In the plan's order.
    let planned: [WrittenPack]
    let coded: [CodedContent]

    var written: [WrittenPack] { planned + coded.flatMap(\.packs) }

    var storedBytes: Int64 { written.reduce(0) { $0 + $1.storedBytes } }

    /// - Throws: `FormatError`.
    func index() throws -> PackIndex {
        try PackIndex(plan: plan, packs: planned, coded: coded, bases: split.bases, needs: split.needs)
    }
}
