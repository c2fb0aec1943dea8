// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Events
import HostRecords
import HostSystem

/// The pause at ready, and the two ways out of it (host-state §7).
extension Deployment {
    /// Unit texts that a cutover writes later, as they were rendered for this plan.
    static func keptUnits(_ layout: HostLayout) -> HostPath { layout.operation / "ready-units" }

    /// The rename of the record is what makes it a pause: before it recovery undoes, after it the slot waits.
    func becomeReady() throws {
        try keepUnits()
        var record = try store.load() ?? store.first(addressIndex: plan.addressIndex)
        // Of a first installation; while something serves it is the same one.
        record.driver = plan.driver
        record.ready = ReadyRelease(
            version: plan.version, digest: plan.digest, directory: plan.directory, slot: plan.slot,
            since: environment.clock.wallSeconds(),
            units: plan.services.filter { $0.action == .start }.map(\.unit),
            traffic: plan.traffic(listeningOnIPv6: listeningOnIPv6))
        try store.commit(record)
    }

    /// For a run that goes on without the bundle.
    func keepUnits() throws {
        let directory = Deployment.keptUnits(layout)
        try FileSystem.createDirectories(directory)
        for (name, text) in rendered.units {
            try FileSystem.write(Array(text.utf8), to: directory / name, permissions: 0o600)
        }
    }

    /// What `keepUnits` kept.
    static func rendered(keptIn layout: HostLayout) throws -> RenderedRelease {
        var rendered = RenderedRelease()
        let directory = keptUnits(layout)
        guard try FileSystem.exists(directory) else { return rendered }
        for name in try FileSystem.list(directory) {
            rendered.units[name] = String(
                decoding: try FileSystem.readAll(directory / name, limit: 1 << 20), as: UTF8.self)
        }
        return rendered
    }

    /// The cutover and the rest. The idle slot may have waited for days: it is asked again first, and one that is not
    /// healthy goes on waiting.
    /// - Throws: `DeploymentFailure`.
    package func promote() async throws {
        do {
            try await environment.stopping.run {
                for service in self.plan.services where service.action == .start {
                    try await self.checkHealth(of: service, within: self.plan.cutover.healthTimeout, fresh: false)
                }
            }
            try await stopCanaryWatch()
        } catch {
            throw DeploymentFailure.stillWaits(cause: error)
        }
        _ = try await take(plan.steps.filter { $0 > .ready })
    }

    /// Takes back everything that was made ready.
    /// - Throws: `DeploymentFailure.stillWaits`, `stuck`.
    package func takeAway() async throws {
        if let job = noReturn {
            throw DeploymentFailure.stillWaits(cause: DeploymentError.noWayBack(job: job.name))
        }
        do { try await stopCanaryWatch() } catch { throw DeploymentFailure.stillWaits(cause: error) }
        journal.giveUpReserve()
        do { try await undo(from: .commit) } catch {
            // The first undo takes the pause out of the record: before that nothing has changed.
            if let record = try? store.load(), record.ready != nil { throw DeploymentFailure.stillWaits(cause: error) }
            try? journal.close(outcome: .stuck)
            throw DeploymentFailure.stuck(step: .ready, cause: Aborted(), undo: error)
        }
        try journal.close(outcome: .undone)
    }

    /// The one who asked for it is the cause.
    package struct Aborted: Error {}

    /// Before anything moves: it would lead clients to the idle slot again.
    private func stopCanaryWatch() async throws {
        try await environment.services.stop(UnitNames(product: plan.name).canaryWatch, timeout: .seconds(10))
    }

    /// Nobody is led to the idle slot any more; who is there may finish.
    func undoReady() async throws {
        guard var record = try store.load(), let ready = record.ready else { return }
        try await leadNobody(to: ready)
        record.ready = nil
        try store.commit(record)
    }

    /// Ends preview and canary, and lets those finish who came by them: they are real clients.
    private func leadNobody(to ready: ReadyRelease) async throws {
        guard !booting, let traffic = environment.traffic as? any PreviewingSwitch,
            let state = try await traffic.current(), state.idle.leadsSomebody
        else { return }
        try await traffic.preview(TrafficTable(), from: [])
        try await traffic.endCanary()
        let endpoints = ready.traffic.filter { !$0.recreate }.flatMap(\.endpoints)
        let deadline = environment.clock.monotonicMilliseconds() + Int64(drainSpan.milliseconds)
        while try ConnectionCounter().count(at: endpoints) > 0,
            environment.clock.monotonicMilliseconds() < deadline
        {
            try await environment.clock.sleep(milliseconds: 100)
        }
    }
}
