// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem

/// A slot whose release is gone: a link that leads nowhere, and units that could start nothing. `prune` strands the idle one
/// when it takes the release that served before.
struct StrandedSlots {
    let environment: InstallerEnvironment

    private var layout: HostLayout { environment.layout }

    /// By the record, which has forgotten what goes. Units go first, and for good: as long as something of the slot is there,
    /// a second sweep finds the rest.
    func sweep() async throws {
        let named = try StagingSweep(layout: layout).named()
        let active = try StateStore(layout: layout).load()?.active?.slot
        for slot in Slot.allCases where try slot != active && isStranded(slot, named) {
            let units = try units(of: slot)
            try await OwnUnits(environment: environment).stopSlices(among: units)
            for unit in units { try FileSystem.remove(layout.unit(unit)) }
            try FileSystem.syncDirectory(layout.unitDirectory)
            try await environment.services.daemonReload()
            try FileSystem.removeTree(layout.slot(slot))
        }
    }

    /// A slot without a link is one that a sweep took half of.
    private func isStranded(_ slot: Slot, _ named: Set<String>) throws -> Bool {
        guard try FileSystem.exists(layout.slot(slot)) else { return false }
        let link = layout.slot(slot) / "release"
        guard try FileSystem.status(link)?.kind == .symlink else { return true }
        let release = try FileSystem.readLink(link)
        return !named.contains { layout.release($0).text == release }
    }

    /// Services and jobs with their slices, and the target; those of nobody else, whatever they are called.
    private func units(of slot: Slot) throws -> [String] {
        let names = UnitNames(product: layout.product)
        let copies = [
            ("\(layout.product).", ".\(slot.rawValue).service"), (names.slicePrefix, ".\(slot.rawValue).slice"),
        ]
        return try OwnUnits(environment: environment).names.filter { unit in
            // A service that runs once may be called as a slot is: `NAME.green.service`.
            let isCopy = copies.contains { unit.hasPrefix($0) && unit.dropFirst($0.utf8.count).hasSuffix($1) }
            return isCopy || unit == names.target(slot)
        }
    }
}
