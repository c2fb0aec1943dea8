// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// Finds out whether services are good enough for traffic, and whether they stay so.
package struct HealthChecker: Sendable {
    /// Between two looks at the unit, in milliseconds.
    static let tick = 200

    let services: any ServiceManager
    let clock: any HostClock
    let probe: any HealthProbe
    let scan: @Sendable () throws -> ListenerScan

    package init(
        services: any ServiceManager, clock: any HostClock, probe: any HealthProbe = NetworkProbe(),
        scan: @escaping @Sendable () throws -> ListenerScan = { ListenerScan(table: try TCPTable.read()) }
    ) {
        self.services = services
        self.clock = clock
        self.probe = probe
        self.scan = scan
    }

    /// Waits until every check has passed `passes` times in a row. A unit that fails, ends or is restarted ends the wait
    /// at once: more time would not make it better.
    /// - Parameter fresh: the unit was started for this; restarts that systemd has counted are then this start's.
    /// - Throws: `HealthFailure`, and what `ServiceManager` throws.
    package func waitUntilHealthy(_ target: HealthTarget, deadline: TimeSpan, fresh: Bool = true) async throws
        -> HealthyService
    {
        let start = clock.monotonicMilliseconds()
        var unit = UnitWatch(target, restarts: fresh ? 0 : nil)
        var trackers = target.checks.map { CheckTracker($0, now: start, eager: true) }
        while true {
            let state = try await services.state(of: target.unit)
            try await report(unit.fault(in: state, now: clock.monotonicMilliseconds()), target, state: state)
            let left = start + Int64(deadline.milliseconds) - clock.monotonicMilliseconds()
            for index in trackers.indices where trackers[index].isDue(clock.monotonicMilliseconds()) {
                let answer = await ask(trackers[index].check, of: target, state: state, unit: unit, left: left)
                trackers[index].note(answer, now: clock.monotonicMilliseconds())
            }
            if state.isActive, trackers.allSatisfy(\.isMet) {
                return HealthyService(
                    service: target.service, milliseconds: clock.monotonicMilliseconds() - start,
                    ipv6Ports: try await placesWhereItListens(target, state: state))
            }
            guard clock.monotonicMilliseconds() - start < Int64(deadline.milliseconds) else {
                let unmet = trackers.first { !$0.isMet }
                throw await failure(.deadline(deadline), target, state: state, tracker: unmet)
            }
            try await clock.sleep(milliseconds: pause(trackers))
        }
    }

    /// Watches services that were healthy, all at once, for a time: the bake. As many misses in a row as the check asks
    /// passes, or one restart, end it.
    package func watch(_ targets: [HealthTarget], for span: TimeSpan) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for target in targets { group.addTask { try await watch(target, for: span) } }
            try await group.waitForAll()
        }
    }

    private func watch(_ target: HealthTarget, for span: TimeSpan) async throws {
        let end = clock.monotonicMilliseconds() + Int64(span.milliseconds)
        var unit = UnitWatch(target, restarts: nil)
        var trackers = target.checks.map { CheckTracker($0, now: clock.monotonicMilliseconds()) }
        while clock.monotonicMilliseconds() < end {
            let state = try await services.state(of: target.unit)
            try await report(unit.fault(in: state, now: clock.monotonicMilliseconds()), target, state: state)
            for index in trackers.indices where trackers[index].isDue(clock.monotonicMilliseconds()) {
                // It was alive long enough when it became healthy; from here restarts tell.
                if case .alive = trackers[index].check.probe { continue }
                let answer = await ask(trackers[index].check, of: target, state: state, unit: unit, left: nil)
                trackers[index].note(answer, now: clock.monotonicMilliseconds())
                if trackers[index].isMissed {
                    throw await failure(.checkFailed, target, state: state, tracker: trackers[index])
                }
            }
            try await clock.sleep(milliseconds: pause(trackers))
        }
    }

    /// To the next thing that is due, but never longer than a tick.
    func pause(_ trackers: [CheckTracker]) -> Int {
        let now = clock.monotonicMilliseconds()
        let next = trackers.map { Int(max(0, $0.due - now)) }.min() ?? HealthChecker.tick
        return min(max(next, 10), HealthChecker.tick)
    }
}
