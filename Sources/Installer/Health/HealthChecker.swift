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
    let secret: @Sendable (String) -> [UInt8]?
    let scan: @Sendable () throws -> ListenerScan

    /// - Parameter secret: the content of a secret of the site, by ID; nil when it is not there.
    package init(
        services: any ServiceManager, clock: any HostClock, probe: any HealthProbe = NetworkProbe(),
        secret: @escaping @Sendable (String) -> [UInt8]? = { _ in nil },
        scan: @escaping @Sendable () throws -> ListenerScan = { ListenerScan(table: try TCPTable.read()) }
    ) {
        self.services = services
        self.clock = clock
        self.probe = probe
        self.secret = secret
        self.scan = scan
    }

    /// Waits until every check has passed `passes` times in a row. A unit that fails, ends or is restarted ends the wait
    /// at once: more time would not make it better.
    /// - Parameters:
    ///   - begin: where the deadline counts from: the start of the unit; nil for now.
    ///   - fresh: the unit was started for this; restarts that systemd has counted are then this start's.
    /// - Throws: `HealthFailure`, and what `ServiceManager` throws.
    package func waitUntilHealthy(
        _ target: HealthTarget, deadline: TimeSpan, since begin: Int64? = nil, fresh: Bool = true
    ) async throws -> HealthyService {
        let start = begin ?? clock.monotonicMilliseconds()
        var unit = UnitWatch(target, restarts: fresh ? 0 : nil)
        var trackers = target.checks.filter { !$0.probe.isForBakeOnly }
            .map { CheckTracker($0, now: start, eager: true) }
        while true {
            let state = try await services.state(of: target.unit)
            try await report(unit.fault(in: state, now: clock.monotonicMilliseconds()), target, state: state)
            await askDue(&trackers, of: target, state: state, unit: unit) { check in
                start + Int64(min(deadline, check.deadline ?? deadline).milliseconds)
            }
            if state.isActive, trackers.allSatisfy(\.isMet) {
                return HealthyService(
                    service: target.service, milliseconds: clock.monotonicMilliseconds() - start,
                    ipv6Ports: try await placesWhereItListens(target, state: state))
            }
            let spent = clock.monotonicMilliseconds() - start
            for tracker in trackers where !tracker.isMet {
                let own = min(deadline, tracker.check.deadline ?? deadline)
                guard spent < Int64(own.milliseconds) else {
                    throw await failure(.deadline(own), target, state: state, tracker: tracker)
                }
            }
            guard spent < Int64(deadline.milliseconds) else {
                throw await failure(.deadline(deadline), target, state: state, tracker: nil)
            }
            try await clock.sleep(milliseconds: pause(trackers))
        }
    }

    /// Watches services that were healthy, all at once, for a time: the bake. As many misses in a row as the check asks
    /// passes, or one restart, end it.
    package func watch(_ targets: [HealthTarget], for span: TimeSpan) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for target in targets { group.addTask { try await watch(target, for: span) } }
            // Not `waitForAll`, which throws what the first one threw only when the last one has ended.
            while try await group.next() != nil {}
        }
    }

    private func watch(_ target: HealthTarget, for span: TimeSpan) async throws {
        let end = clock.monotonicMilliseconds() + Int64(span.milliseconds)
        var unit = UnitWatch(target, restarts: nil)
        var trackers: [CheckTracker] = []
        for check in target.checks {
            // It was alive long enough when it became healthy; from here restarts tell.
            if case .alive = check.probe { continue }
            trackers.append(await tracker(forBake: check, of: target))
        }
        while clock.monotonicMilliseconds() < end {
            let state = try await services.state(of: target.unit)
            try await report(unit.fault(in: state, now: clock.monotonicMilliseconds()), target, state: state)
            await askDue(&trackers, of: target, state: state, unit: unit) { _ in nil }
            if let missed = trackers.first(where: \.isMissed) {
                throw await failure(.checkFailed, target, state: state, tracker: missed)
            }
            try await clock.sleep(milliseconds: pause(trackers))
        }
    }

    /// Asks every check that is due, all at once: one that waits for an event does not keep the others waiting.
    func askDue(
        _ trackers: inout [CheckTracker], of target: HealthTarget, state: UnitState, unit: UnitWatch,
        until end: (HealthCheck) -> Int64?
    ) async {
        let now = clock.monotonicMilliseconds()
        let due = trackers.indices.filter { trackers[$0].isDue(now) }
        var replies: [Int: CheckTracker.Reply] = [:]
        await withTaskGroup(of: (Int, CheckTracker.Reply).self) { group in
            for index in due {
                let (check, cursor) = (trackers[index].check, trackers[index].cursor)
                let left = end(check).map { $0 - now }
                group.addTask {
                    (index, await ask(check, of: target, state: state, unit: unit, left: left, cursor: cursor))
                }
            }
            for await (index, reply) in group { replies[index] = reply }
        }
        let then = clock.monotonicMilliseconds()
        for index in due {
            if let reply = replies[index] { trackers[index].note(reply, now: then) }
        }
    }

    /// To the next thing that is due, but never longer than a tick.
    func pause(_ trackers: [CheckTracker]) -> Int {
        let now = clock.monotonicMilliseconds()
        let next = trackers.map { Int(max(0, $0.due - now)) }.min() ?? HealthChecker.tick
        return min(max(next, 10), HealthChecker.tick)
    }
}
