// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Events
import HostRecords
import HostSystem

/// The commit point and what follows from it.
extension Deployment {
    /// The one rename that decides (design section 8). Everything else is a projection of what it names.
    func commit() throws {
        let before = try store.load() ?? store.first(addressIndex: plan.addressIndex)
        var record = before
        // The other slot's units may still run until this one is called good.
        record.previous = before.active
        record.ready = nil
        record.active = ActiveRelease(
            version: plan.version, digest: plan.digest, directory: plan.directory, slot: plan.slot,
            since: plan.isInPlace ? before.active?.since ?? 0 : environment.clock.wallSeconds(), phase: .baking,
            settings: plan.settings, units: plan.slotUnits, fingerprints: plan.slotFingerprints, runtime: plan.runtime)
        record.note(plan.runtime)
        record.driver = plan.driver
        record.traffic = plan.traffic(listeningOnIPv6: listeningOnIPv6)
        record.recreate = plan.recreateRecords
        record.createdUser = record.createdUser || plan.createsUser
        try store.commit(record)
    }

    /// Traffic and `current` follow the record; then those who waited are let in.
    func project() async throws {
        guard let record = try store.load() else { return }
        let began = environment.clock.monotonicMilliseconds()
        try await Projection(environment: environment).apply(record)
        let spent = (environment.clock.monotonicMilliseconds() - began) * 1000
        environment.events.receive(
            .trafficSwitched(slot: plan.slot.rawValue, ports: record.traffic.count, microseconds: spent))
        try await environment.traffic.release(plan.heldPorts)
    }

    /// Watches the new release with its own checks, and its units for restarts.
    func bake() async throws {
        let watched = try store.load().map(watchedFromOutside) ?? []
        let (checker, environment, plan) = (self.checker, self.environment, self.plan)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await checker.watch(plan.services.map(\.target), for: plan.cutover.bake) }
            group.addTask {
                try await OutsideWatch(environment: environment).watch(watched, for: plan.cutover.bake)
            }
            // The first fault ends both.
            for try await _ in group {}
        }
    }

    /// Ports that preflight could not tell of are left out: what they answered before, they may answer on.
    private func watchedFromOutside(_ record: StateRecord) -> [OutsidePort] {
        let unseen = plan.warnings.flatMap { warning in
            if case .unseenFromOutside(let ports, _, _) = warning { ports } else { [Int]() }
        }
        return record.outsidePorts.filter { !unseen.contains($0.number) }
    }

    /// Says that the site's side of before is put aside.
    private var formerKept: HostPath { layout.operation / "former-kept" }

    func callGood() async throws {
        // There is no way back any more that would need it, and the end needs room, too.
        journal.giveUpReserve()
        guard var record = try store.load(), var active = record.active else { return }
        active.phase = .good
        record.active = active
        record.previous = nil
        record.releases.removeAll { $0.directory == plan.directory }
        record.releases.append(
            ReleaseRecord(
                version: plan.version, digest: plan.digest, directory: plan.directory,
                installedAt: environment.clock.wallSeconds(), settings: plan.settings, runtime: plan.runtime))
        let rises = record.floor.map { $0 < plan.version } ?? true
        if plan.verb == .install, rises || plan.lowersFloor == true { record.floor = plan.version }
        if try FileSystem.exists(newSite) {
            let evidence = layout.evidence(plan.directory)
            // What `reconfigure --former` goes back to: put aside once. After a crash in the lines below it is no longer what
            // lies there.
            if plan.verb == .reconfigure, try !FileSystem.exists(formerKept) {
                try SiteFiles.read(from: evidence).write(into: evidence / SiteFiles.former)
                // Before the mark that says so: after a power cut there would be the mark, and nothing to go back to.
                try FileSystem.syncDirectory(evidence)
                try FileSystem.write([], to: formerKept)
            }
            try SiteFiles.read(from: newSite).write(into: evidence)
        }
        try KeptEvidence(layout: layout, directory: plan.directory).keep(plan: plan)
        try store.commit(record)
        try StagedReleases(layout: layout).remove(plan.directory)
        try FileSystem.removeTree(formerSlot)
        try removeFormerPlaces(record)
        try removeUnusedCredentials()
        // The runtime of before holds what nothing runs from any more.
        if record.imageRuntimes.count > 1 { try await sweepImages() }
    }

    /// Back to the release before: the record first, then what follows from it. On a first install there is none, and the
    /// traffic rules go.
    func flipBack() async throws {
        // A release that was called good is never taken back by a fault behind it.
        guard var record = try store.load(), record.active?.slot == plan.slot, record.active?.phase == .baking else {
            return
        }
        try await stopJobs(at: [.public])
        // After a boot only the new slot was started; no traffic goes to a slot where nothing runs.
        for unit in record.previous?.units ?? [] {
            try await environment.services.resetFailed(unit)
            try await environment.services.start(unit)
        }
        record.active = record.previous
        record.previous = nil
        record.traffic = plan.formerTraffic
        record.recreate = plan.formerRecreate
        do { try store.commit(record) } catch {
            // On a disk that takes nothing the record goes on naming the new release, and that is what whoever waits is let in to.
            try? await environment.traffic.release(plan.heldPorts)
            throw error
        }
        try await Projection(environment: environment).apply(record)
    }

    func prune() async throws {
        guard var record = try store.load() else { return }
        record.releases.removeAll { plan.prunes.contains($0.directory) }
        // Forgotten first: a crash leaves a directory too many, never a release that is promised and gone.
        try store.commit(record)
        for directory in plan.prunes { try FileSystem.removeTree(layout.release(directory)) }
        try PackHoldings(layout: layout).removeUnused()
        try await sweepImages(gone: plan.prunes)
    }

    /// Places of recreate services that nothing runs from any more.
    private func removeFormerPlaces(_ record: StateRecord) throws {
        guard try FileSystem.exists(layout.services) else { return }
        for service in try FileSystem.list(layout.services) {
            let inUse = record.recreate[service]?.place
            for place in try FileSystem.list(layout.service(service)) where place != inUse {
                try FileSystem.removeTree(layout.place(service, place))
            }
            if inUse == nil { try FileSystem.removeEmptyDirectory(layout.service(service)) }
        }
    }
}
