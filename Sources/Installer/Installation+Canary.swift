// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import FoundationEssentials
package import HostRecords
package import HostSystem

/// Some clients to a release that waits in the idle slot (host-state §7.6): of the kernel alone, never of the record.
extension Installation {
    /// Why clients cannot be led to the idle slot.
    package enum IdleTrafficError: Error, Equatable, Sendable {
        /// The traffic driver has no rehearsal, or no preview and no canary.
        case driverCannot
        /// No blue-green service has a public port.
        case noPublicPorts
        /// A canary is a share of those whom the old release serves; there is none.
        case nothingServes
        /// These services run once and change with the release: the idle slot runs against the old ones, so a canary would
        /// show clients a release that nobody will ever run.
        case replacesServices([String])
    }

    /// How long the kernel keeps a canary going that nobody renews, and how often it is renewed.
    private static let canarySpan = TimeSpan.seconds(20)
    private static let renewal = 5_000

    package func preview(_ pause: Pause, from networks: [ClientNetwork]) async throws {
        try await previewing(pause).preview(try idleTable(pause), from: networks)
    }

    /// Begins a canary, or changes its share; 0 ends it.
    package func canary(_ pause: Pause, share: Int) async throws {
        let traffic = try previewing(pause)
        try FileSystem.remove(Installation.canaryEnd(layout))
        guard share > 0 else { return try await traffic.endCanary() }
        guard pause.plan.replaces != nil else { throw IdleTrafficError.nothingServes }
        let replaced = pause.plan.services.filter { $0.action == .replace }.map(\.name)
        guard replaced.isEmpty else { throw IdleTrafficError.replacesServices(replaced) }
        try await traffic.canary(try idleTable(pause), share: share, for: Installation.canarySpan)
    }

    /// Watches both slots and keeps the canary going, until there is none any more.
    /// - Throws: `HealthFailure` when a service of either slot fails; the canary has then ended.
    package func watchCanary(_ pause: Pause) async throws {
        let traffic = try previewing(pause)
        let checker = HealthChecker(
            services: environment.services, clock: environment.clock, probe: environment.probe, scan: environment.scan)
        let table = try idleTable(pause)
        let ready = pause.ready
        let targets =
            pause.plan.services.filter { $0.strategy == .blueGreen }.map(\.target)
            + (try activeTargets().filter { target in !pause.plan.services.contains { $0.unit == target.unit } })
        do {
            try await withThrowingTaskGroup(of: Void.self) { group in
                // Longer than any canary: it is ended, or it ends.
                group.addTask { try await checker.watch(targets, for: .seconds(30 * 24 * 3600)) }
                group.addTask { try await renew(traffic, table, ready) }
                try await group.next()
                group.cancelAll()
            }
        } catch {
            try await traffic.endCanary()
            throw error
        }
    }

    private func renew(_ traffic: any PreviewingSwitch, _ table: TrafficTable, _ ready: ReadyRelease) async throws {
        while let share = try await traffic.current()?.idle.canary, try store.load()?.ready == ready {
            try await traffic.canary(table, share: share, for: Installation.canarySpan)
            try await environment.clock.sleep(milliseconds: Installation.renewal)
        }
    }

    /// Why the last canary ended by itself, for `status`; gone with the pause.
    package static func canaryEnd(_ layout: HostLayout) -> HostPath { layout.operation / "canary-end" }

    private func previewing(_ pause: Pause) throws -> any PreviewingSwitch {
        let traffic = environment.driving(pause.plan.driver).traffic
        guard let traffic = traffic as? any PreviewingSwitch else { throw IdleTrafficError.driverCannot }
        return traffic
    }

    private func idleTable(_ pause: Pause) throws -> TrafficTable {
        let entries = pause.ready.traffic.filter { !$0.recreate && $0.exposure == .public }
        guard !entries.isEmpty else { throw IdleTrafficError.noPublicPorts }
        return TrafficTable(
            entries.map { TrafficTable.Entry(port: $0.number, exposure: .public, v4: $0.ipv4, v6: $0.ipv6) })
    }

    /// How the health of what serves is asked: from the plan that brought it, the newest of the history.
    private func activeTargets() throws -> [HealthTarget] {
        guard let active = try store.load()?.active else { return [] }
        for entry in try History.list(layout) {
            guard let header = entry.record?.header,
                let plan = try? JSONDecoder().decode(Plan.self, from: Data(header.plan.utf8)),
                plan.directory == active.directory, plan.slot == active.slot
            else { continue }
            return plan.services.map(\.target)
        }
        return []
    }
}
