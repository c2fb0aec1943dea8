// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Events
import HostRecords
import HostSystem

/// Steps that write files: the tool, staging, config, units, and their undo.
extension Deployment {
    /// The tool that runs now becomes the host's own, so that boot and recovery never depend on a stick.
    func placeTool() async throws {
        let target = layout.tool
        let running = try FileSystem.resolve(environment.program)
        if running != target {
            let hash = StreamHash()
            let isHeld =
                try FileSystem.exists(target)
                && hash.digest(of: HostFile.open(target, .read)) == hash.digest(of: HostFile.open(running, .read))
            if !isHeld {
                try FileSystem.createDirectories(target.parent)
                try FileSystem.write(try HostFile.open(running, .read), to: target, permissions: 0o755)
            }
        }
        let unit = layout.unit(BootUnit.name)
        let text = Array(BootUnit.text.utf8)
        let present = try FileSystem.exists(unit) ? try FileSystem.readAll(unit, limit: 1 << 20) : []
        if present != text {
            try FileSystem.write(text, to: unit, permissions: 0o644)
            try await environment.services.daemonReload()
        }
        // A power cut may have left the unit without its link, which systemctl(1) does not sync: that host would come up
        // without its products.
        let wanted = layout.unit(BootUnit.wants)
        if try !FileSystem.exists(wanted / BootUnit.name) { try await environment.services.enable(BootUnit.name) }
        if try FileSystem.exists(wanted) { try FileSystem.syncDirectory(wanted) }
    }

    func stage() async throws {
        let events = environment.events
        try await delivery?.stage { events.receive(.progress(id: Step.stage.rawValue, done: $0, total: $1)) }
    }

    func unpack() async throws {
        let events = environment.events
        try await delivery?.unpack { events.receive(.progress(id: Step.unpack.rawValue, done: $0, total: $1)) }
    }

    func keepEvidence() throws {
        try delivery?.keepEvidence()
        // It joins the evidence when the release is called good: until then the former one is what a rollback needs.
        var site = site
        let secrets = site?.secrets ?? [:]
        var memory = SiteMemory(
            certificates: rendered.certificates,
            secrets: secrets.merging(rendered.sensitiveHashes) { first, _ in first })
        // What it wrote for the other slot stays there when this one is called good.
        let before = SiteMemory.read(from: layout.evidence(plan.directory))?.written ?? [:]
        memory.written = before.merging(written) { $1 }
        memory.dropIns = try DropInSearch(root: layout.root).digests(inBothSlots: rendered.units.keys)
        site?.memory = memory
        try site?.write(into: newSite)
    }

    /// What this deployment writes as text. Config that holds secrets is not among it: its name is its hash.
    private var written: [String: Digest] {
        var digests: [String: Digest] = [:]
        for (unit, text) in rendered.units { digests[layout.unit(unit).text] = .ofBytes(Array(text.utf8)) }
        for (name, bytes) in rendered.slotConfig {
            digests[(layout.slot(plan.slot) / "config" / name).text] = .ofBytes(bytes)
        }
        for service in plan.services where !service.place.isEmpty {
            let config = layout.place(service.name, service.place) / "config"
            for (name, bytes) in rendered.placeConfig[service.name] ?? [:] {
                digests[(config / name).text] = .ofBytes(bytes)
            }
        }
        return digests
    }

    var newSite: HostPath { layout.operation / "site" }

    func undoStaging() throws {
        try FileSystem.removeTree(layout.staging)
        guard plan.createsRelease else { return }
        try FileSystem.removeTree(TreeUnpacker.building(layout.release(plan.directory)))
    }

    /// A release that never served leaves nothing but what the journal says of it. One that did, and was pruned since, keeps
    /// its evidence.
    func undoRelease() throws {
        guard plan.createsRelease else { return }
        let release = layout.release(plan.directory)
        for tree in [release, TreeUnpacker.building(release)] { try FileSystem.removeTree(tree) }
        try KeptEvidence(layout: layout, directory: plan.directory).removeUnlessForEver()
        try PackHoldings(layout: layout).removeUnused()
    }

    /// A first installation that came to nothing leaves no place of its own; data, and what others put there, stays.
    func removeEmptyHome() {
        for directory in [layout.slots, layout.services, layout.releases, layout.home] {
            // A mount point stays.
            _ = try? FileSystem.removeEmptyDirectory(directory)
        }
    }

    // MARK: - Config

    /// Where the idle slot's former content waits until the new one is called good.
    var formerSlot: HostPath { layout.formerSlot(plan.slot) }

    /// Says, from before anything is moved, whether the slot had content. An undo that does not find this leaves the slot
    /// alone: nothing was done to it. One that does not find the content put aside leaves it too: it is back already.
    private var slotBefore: HostPath { layout.operation / "slot-before" }
    private static let hadContent = Array("content".utf8)

    private func hadSlot() throws -> Bool? {
        guard try FileSystem.exists(slotBefore) else { return nil }
        return try FileSystem.readAll(slotBefore, limit: 100) == Deployment.hadContent
    }

    func writeConfig() throws {
        let account = try Accounts.read(root: layout.root)
        let group = account.groupID(named: layout.user) ?? 0
        let slot = layout.slot(plan.slot)
        if !plan.isInPlace { try writeSlot(slot, group) }
        for service in plan.services where !service.place.isEmpty && service.action != .keep {
            let place = layout.place(service.name, service.place)
            try FileSystem.removeTree(place)
            try writePlace(place, config: rendered.placeConfig[service.name] ?? [:], group: group)
        }
        try writeCredentials()
        try FileSystem.syncFileSystem(at: layout.home)
    }

    private func writeSlot(_ slot: HostPath, _ group: UInt32) throws {
        try FileSystem.createDirectories(slot.parent)
        if try hadSlot() == nil {
            let content = try FileSystem.exists(slot) ? Deployment.hadContent : []
            try FileSystem.removeTree(formerSlot)
            try FileSystem.write(content, to: slotBefore, permissions: 0o600)
        }
        if try hadSlot() == true, try !FileSystem.exists(formerSlot) { try FileSystem.rename(slot, to: formerSlot) }
        try FileSystem.removeTree(slot)
        try writePlace(slot, config: rendered.slotConfig, group: group)
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
        if plan.isInPlace {
            // It serves, and was not touched.
        } else if try FileSystem.exists(formerSlot) {
            try FileSystem.removeTree(slot)
            try FileSystem.rename(formerSlot, to: slot)
        } else if try hadSlot() == false {
            try FileSystem.removeTree(slot)
        }
        for service in plan.services where !service.place.isEmpty && service.action != .keep {
            try FileSystem.removeTree(layout.place(service.name, service.place))
            _ = try? FileSystem.removeEmptyDirectory(layout.place(service.name, service.place).parent)
        }
        try removeUnusedCredentials()
        if try FileSystem.exists(layout.home) { try FileSystem.syncFileSystem(at: layout.home) }
    }

    // MARK: - Units

    /// Units of services that are replaced in the cutover are written there, not here: the old one still runs from its
    /// own.
    private var replacedUnits: Set<String> { Set(plan.services.filter { $0.action == .replace }.map(\.unit)) }
    private var keptUnits: Set<String> { Set(plan.services.filter { $0.action == .keep }.map(\.unit)) }

    func writeUnits() async throws {
        let names = rendered.units.keys.filter { !replacedUnits.contains($0) && !keptUnits.contains($0) }
        // Recovery may have to go forward from a job that cannot be undone.
        if plan.jobs(at: .held).contains(where: \.isIrreversible) { try keepUnits() }
        try await writeUnits(names.sorted(), saving: .units)
    }

    func undoUnits() async throws {
        if try restoreUnits(savedBy: .units) { try await environment.services.daemonReload() }
    }

    /// Saves what stands there, all of it, before the first one is written: the saved directory appears whole, by its
    /// name, and undo does nothing without it.
    func writeUnits(_ names: [String], saving step: Step) async throws {
        let saved = formerUnits(step)
        if try !FileSystem.exists(saved) {
            let saving = saved.parent / "\(saved.name).new"
            try FileSystem.removeTree(saving)
            try FileSystem.createDirectories(saving)
            for name in names {
                // An empty file stands for a unit that was not there.
                let path = layout.unit(name)
                let bytes = try FileSystem.exists(path) ? try FileSystem.readAll(path, limit: 1 << 20) : []
                try FileSystem.write(bytes, to: saving / name, permissions: 0o644)
            }
            try FileSystem.rename(saving, to: saved)
            try FileSystem.syncDirectory(saved.parent)
        }
        for name in names {
            try FileSystem.write(Array((rendered.units[name] ?? "").utf8), to: layout.unit(name), permissions: 0o644)
        }
        try await environment.services.daemonReload()
    }

    /// Puts back what stood there before this deployment; a unit that was not there leaves, and first: its room may be all
    /// there is. What stands as it stood is not written, for on a full disk that would keep the old service down.
    /// - Returns: whether systemd has to read them again.
    func restoreUnits(savedBy step: Step) throws -> Bool {
        let saved = formerUnits(step)
        guard try FileSystem.exists(saved) else { return false }
        var former: [(path: HostPath, bytes: [UInt8])] = []
        for name in try FileSystem.list(saved) {
            let bytes = try FileSystem.readAll(saved / name, limit: 1 << 20)
            if bytes.isEmpty {
                try FileSystem.remove(layout.unit(name))
            } else {
                former.append((layout.unit(name), bytes))
            }
        }
        for (path, bytes) in former {
            let stands = try FileSystem.exists(path) && FileSystem.readAll(path, limit: 1 << 20) == bytes
            if !stands { try FileSystem.write(bytes, to: path, permissions: 0o644) }
        }
        try FileSystem.syncDirectory(layout.unitDirectory)
        return true
    }

    private func formerUnits(_ step: Step) -> HostPath { layout.operation / "former-\(step.rawValue)" }
}
