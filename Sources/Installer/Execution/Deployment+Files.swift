// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Events
import HostRecords
import HostSystem

/// Steps that write files: the tool, staging, config, units, and their undo.
extension Deployment {
    /// The tool that runs now becomes the host's own, so that boot and recovery never depend on a stick.
    func placeTool() async throws {
        let target = layout.tool
        let running = try FileSystem.resolve("/proc/self/exe")
        if running != target {
            let bytes = try FileSystem.readAll("/proc/self/exe", limit: 512 << 20)
            let held = try FileSystem.exists(target) ? try FileSystem.readAll(target, limit: 512 << 20) : []
            if held != bytes {
                try FileSystem.createDirectories(target.parent)
                try FileSystem.write(bytes, to: target, permissions: 0o755)
            }
        }
        let unit = layout.unit(BootUnit.name)
        let text = Array(BootUnit.text.utf8)
        let present = try FileSystem.exists(unit) ? try FileSystem.readAll(unit, limit: 1 << 20) : []
        guard present != text else { return }
        try FileSystem.write(text, to: unit, permissions: 0o644)
        try await environment.services.daemonReload()
        try await environment.services.enable(BootUnit.name)
    }

    func stage() throws {
        let events = environment.events
        try delivery?.stage { events.receive(.progress(id: Step.stage.rawValue, done: $0, total: $1)) }
    }

    func unpack() async throws {
        let events = environment.events
        try await delivery?.unpack { events.receive(.progress(id: Step.unpack.rawValue, done: $0, total: $1)) }
    }

    func keepEvidence() throws {
        try delivery?.keepEvidence()
        // It joins the evidence when the release is called good: until then the former one is what a rollback needs.
        try site?.write(into: newSite)
    }

    var newSite: HostPath { layout.operation / "site" }

    /// A release that never served leaves nothing but what the journal says of it.
    func undoRelease() throws {
        guard plan.createsRelease else { return }
        try FileSystem.removeTree(layout.release(plan.directory))
        try FileSystem.removeTree(layout.evidence(plan.directory))
        try PackHoldings(layout: layout).removeUnused()
    }

    // MARK: - Config

    /// Where the idle slot's former content waits until the new one is called good.
    var formerSlot: HostPath { layout.operation / "former-slot" }

    func writeConfig() throws {
        let account = try Accounts.read(root: layout.root)
        let group = account.groupID(named: layout.user) ?? 0
        let slot = layout.slot(plan.slot)
        try FileSystem.createDirectories(slot.parent)
        if try FileSystem.exists(slot), try !FileSystem.exists(formerSlot) {
            try FileSystem.rename(slot, to: formerSlot)
        }
        try FileSystem.removeTree(slot)
        try writePlace(slot, config: rendered.slotConfig, group: group)
        for service in plan.services where !service.place.isEmpty && service.action != .keep {
            let place = layout.place(service.name, service.place)
            try FileSystem.removeTree(place)
            try writePlace(place, config: rendered.placeConfig[service.name] ?? [:], group: group)
        }
        try FileSystem.syncFileSystem(at: slot)
    }

    private func writePlace(_ place: HostPath, config: [String: [UInt8]], group: UInt32) throws {
        try FileSystem.createDirectories(place)
        try FileSystem.replaceSymlink(place / "release", target: layout.release(plan.directory).text)
        try FileSystem.createDirectory(
            place / "config", permissions: 0o750, owner: FileOwner(user: 0, group: group))
        for (name, bytes) in config.sorted(by: { $0.key < $1.key }) {
            try FileSystem.write(
                bytes, to: place / "config" / name, permissions: 0o640, owner: FileOwner(user: 0, group: group))
        }
    }

    func undoConfig() throws {
        let slot = layout.slot(plan.slot)
        try FileSystem.removeTree(slot)
        if try FileSystem.exists(formerSlot) { try FileSystem.rename(formerSlot, to: slot) }
        for service in plan.services where !service.place.isEmpty && service.action != .keep {
            try FileSystem.removeTree(layout.place(service.name, service.place))
            _ = try? FileSystem.removeEmptyDirectory(layout.place(service.name, service.place).parent)
        }
        try FileSystem.syncFileSystem(at: slot.parent)
    }

    // MARK: - Units

    private var formerUnits: HostPath { layout.operation / "former-units" }

    /// Units of services that are replaced in the cutover are written there, not here: the old one still runs from its
    /// own.
    private var replacedUnits: Set<String> { Set(plan.services.filter { $0.action == .replace }.map(\.unit)) }
    private var keptUnits: Set<String> { Set(plan.services.filter { $0.action == .keep }.map(\.unit)) }

    func writeUnits() async throws {
        let names = rendered.units.keys.filter { !replacedUnits.contains($0) && !keptUnits.contains($0) }
        try await writeUnits(names.sorted())
    }

    func writeUnits(_ names: [String]) async throws {
        try FileSystem.createDirectories(formerUnits)
        for name in names {
            let path = layout.unit(name)
            let saved = formerUnits / name
            if try !FileSystem.exists(saved), try FileSystem.exists(path) {
                let bytes = try FileSystem.readAll(path, limit: 1 << 20)
                try FileSystem.write(bytes, to: saved, permissions: 0o644)
            }
            try FileSystem.write(Array((rendered.units[name] ?? "").utf8), to: path, permissions: 0o644)
        }
        try await environment.services.daemonReload()
    }

    func undoUnits() async throws {
        let names = try await unitNames().filter { !replacedUnits.contains($0) && !keptUnits.contains($0) }
        try await restoreUnits(names)
    }

    /// Puts back what stood there before this deployment; a unit that was not there leaves.
    func restoreUnits(_ names: [String]) async throws {
        for name in names {
            let path = layout.unit(name)
            let saved = formerUnits / name
            if try FileSystem.exists(saved) {
                try FileSystem.write(try FileSystem.readAll(saved, limit: 1 << 20), to: path, permissions: 0o644)
            } else {
                try FileSystem.remove(path)
            }
        }
        try FileSystem.syncDirectory(layout.unit("x").parent)
        try await environment.services.daemonReload()
    }

    /// Every unit that this plan writes; after a crash nothing is rendered any more, so it comes from the plan.
    private func unitNames() async throws -> [String] {
        let names = UnitNames(product: plan.name)
        return plan.services.map(\.unit) + [names.target(plan.slot), names.target]
    }
}
