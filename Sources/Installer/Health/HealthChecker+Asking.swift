// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

extension HealthChecker {
    /// Lines of journal that a failure carries.
    private static let journalLines = 20

    /// Asks once. A try may take as long as the interval, but a second at least, and no longer than is left.
    func ask(_ check: HealthCheck, of target: HealthTarget, state: UnitState, unit: UnitWatch, left: Int64?) async
        -> ProbeAnswer
    {
        let usual = max(1000, check.interval.milliseconds)
        let limit = left.map { min(usual, max(100, Int($0))) } ?? usual
        switch check.probe {
        case .http(let port, let path, _, _, let host):
            guard let place = target.ports[port]?.v4 else { return .notRun("port \(port)") }
            return await probe.http(place, path: path, host: host, milliseconds: limit)
        case .tcp(let port):
            guard let place = target.ports[port]?.v4 else { return .notRun("port \(port)") }
            return await probe.tcp(place, milliseconds: limit)
        case .exec(let command):
            return await execute(command, target: target, milliseconds: limit)
        case .notify:
            return .unit(active: state.active, sub: state.sub)
        case .alive(let duration):
            let isOldEnough = unit.isAlive(for: duration, now: clock.monotonicMilliseconds(), state: state)
            return .unit(active: isOldEnough ? state.active : "activating", sub: state.sub)
        }
    }

    private func execute(_ command: [String], target: HealthTarget, milliseconds: Int) async -> ProbeAnswer {
        var task = target.task
        task.argv += command
        task.timeout = TimeSpan(milliseconds: milliseconds)
        do {
            let result = try await services.run(task)
            let said = result.outputText.isEmpty ? result.errorText : result.outputText
            return .exited(status: result.status, output: String(said.prefix(500)))
        } catch CommandError.timedOut {
            return .timedOut
        } catch {
            return .notRun("\(error)")
        }
    }

    /// The last question before traffic: where does it really listen?
    func placesWhereItListens(_ target: HealthTarget, state: UnitState) async throws -> Set<String> {
        let scan = try scan()
        if let wide = scan.wide(unit: target.unit, ports: Array(target.ports.values)).first {
            let reason = HealthFailure.Reason.listensWider(
                port: wide.port, address: wide.address, program: wide.program)
            throw await failure(reason, target, state: state, tracker: nil)
        }
        var names = Set<String>()
        for (name, port) in target.ports {
            guard let v6 = port.v6, scan.listens(at: v6) else { continue }
            // It listens; that it also takes the connection keeps clients from being sent to a dead end.
            if await probe.tcp(v6, milliseconds: 1000) == .connected { names.insert(name) }
        }
        return names
    }

    func report(_ reason: HealthFailure.Reason?, _ target: HealthTarget, state: UnitState) async throws {
        if let reason { throw await failure(reason, target, state: state, tracker: nil) }
    }

    func failure(
        _ reason: HealthFailure.Reason, _ target: HealthTarget, state: UnitState, tracker: CheckTracker?
    ) async -> HealthFailure {
        let journal = try? await services.journalTail(target.unit, lines: HealthChecker.journalLines)
        return HealthFailure(
            service: target.service, unit: target.unit, reason: reason, check: tracker?.check,
            answer: tracker?.lastMiss ?? tracker?.last, state: state, journal: journal ?? [])
    }
}
