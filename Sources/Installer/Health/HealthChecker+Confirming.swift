// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import HostSystem

extension HealthChecker {
    /// Asks services that were healthy once more, all at once, right before traffic comes to them: while others started,
    /// or a service that they depend on was replaced, they may have fallen over.
    /// - Parameter deadline: the time to recover in; nil allows as many misses in a row as a check asks passes.
    /// - Throws: `HealthFailure`, and what `ServiceManager` throws.
    package func confirm(_ targets: [HealthTarget], within deadline: TimeSpan? = nil) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for target in targets { group.addTask { try await confirm(target, within: deadline) } }
            // The first fault ends it: waitForAll() would keep it back until the last one has been watched to its end.
            while try await group.next() != nil {}
        }
    }

    private func confirm(_ target: HealthTarget, within deadline: TimeSpan?) async throws {
        let end = deadline.map { clock.monotonicMilliseconds() + Int64($0.milliseconds) }
        var unit = UnitWatch(target, restarts: nil)
        // It was alive long enough when it became healthy; from there on restarts tell.
        var open = target.checks.filter(\.probe.isAnswered).map {
            CheckTracker($0, now: clock.monotonicMilliseconds(), eager: true)
        }
        while true {
            let state = try await services.state(of: target.unit)
            try await report(unit.fault(in: state, now: clock.monotonicMilliseconds()), target, state: state)
            await askDue(&open, of: target, state: state, unit: unit) { _ in end }
            open.removeAll(where: \.hasPassed)
            guard let unmet = open.first else { return }
            let isOver = end.map { clock.monotonicMilliseconds() >= $0 } ?? unmet.isMissed
            if isOver { throw await failure(.checkFailed, target, state: state, tracker: unmet) }
            try await clock.sleep(milliseconds: pause(open))
        }
    }
}

extension HealthCheck.Probe {
    /// Whether it can be asked at any time, unlike `alive`, which takes its own, and what needs traffic to tell.
    fileprivate var isAnswered: Bool {
        if case .alive = self { false } else { !isForBakeOnly }
    }
}
