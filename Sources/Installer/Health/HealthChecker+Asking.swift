// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

extension HealthChecker {
    /// Lines of journal that a failure carries.
    private static let journalLines = 20

    /// The longest that a try may take when its check does not say: the interval, but a second at least; a stream has to
    /// wait for something to happen.
    private static func usualLimit(_ check: HealthCheck) -> Int {
        if let within = check.within { return within.milliseconds }
        switch check.probe {
        case .sse, .websocket: return 5000
        default: return max(1000, check.interval.milliseconds)
        }
    }

    /// Asks once, for no longer than is left.
    func ask(
        _ check: HealthCheck, of target: HealthTarget, state: UnitState, unit: UnitWatch, left: Int64?, cursor: String?
    ) async -> CheckTracker.Reply {
        let usual = HealthChecker.usualLimit(check)
        let limit = left.map { min(usual, max(100, Int($0))) } ?? usual
        switch check.probe {
        case .exec(let command):
            return .answer(await execute(command, target: target, milliseconds: limit))
        case .notify:
            return .answer(.unit(active: state.active, sub: state.sub))
        case .alive(let duration):
            let isOldEnough = unit.isAlive(for: duration, now: clock.monotonicMilliseconds(), state: state)
            return .answer(.unit(active: isOldEnough ? state.active : "activating", sub: state.sub))
        case .log:
            return await readJournal(of: target, after: cursor)
        default:
            guard let place = check.probe.port.flatMap({ target.ports[$0]?.v4 }) else {
                return .answer(.notRun("port \(check.probe.port ?? "")"))
            }
            return await ask(check.probe, at: place, milliseconds: limit)
        }
    }

    /// Asks over the network.
    func ask(_ probe: HealthCheck.Probe, at place: Endpoint, milliseconds: Int) async -> CheckTracker.Reply {
        guard let kind = ProbeQuestion.Kind(probe) else { return .answer(.malformed) }
        var question = ProbeQuestion(kind, at: place, host: probe.host, milliseconds: milliseconds)
        if let id = probe.tls?.ca {
            guard let certificates = secret(id) else { return .answer(.notRun("secret \(id) is not there")) }
            question.certificates = certificates
        }
        let answer = await self.probe.ask(question)
        guard case .metrics(_, _, let sample, _, _, _) = probe, case .http(200, let page) = answer,
            let selector = SampleSelector(sample)
        else { return .answer(answer) }
        do throws(ExpositionText.Fault) {
            return .sum(try ExpositionText.sum(of: selector, in: page.utf8))
        } catch {
            return .answer(.badPage(line: error.line))
        }
    }

    private func readJournal(of target: HealthTarget, after cursor: String?) async -> CheckTracker.Reply {
        do {
            return .journal(try await services.journal(of: target.unit, after: cursor))
        } catch {
            return .answer(.notRun("\(error)"))
        }
    }

    /// What a check needs to know of the time before the bake: where its journal stands, what the old slot counts.
    func tracker(forBake check: HealthCheck, of target: HealthTarget) async -> CheckTracker {
        var cursor: String?
        if case .log = check.probe { cursor = try? await services.journalEnd(of: target.unit) }
        var tracker = CheckTracker(check, now: clock.monotonicMilliseconds(), cursor: cursor)
        guard case .metrics(let port, _, _, let bounds, _, _) = check.probe, bounds.againstOld, let old = target.old,
            let place = old.ports[port], let state = try? await services.state(of: old.unit), state.isActive
        else { return tracker }
        let limit = HealthChecker.usualLimit(check)
        if case .sum(let sum) = await ask(check.probe, at: place, milliseconds: limit) {
            let age = clock.monotonicMilliseconds() - state.activeSince / 1000
            tracker.metric?.old = MetricJudge.baseline(sum.value, per: bounds.per, age: age)
        }
        return tracker
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

extension ProbeQuestion.Kind {
    /// nil for a check that no network is needed for.
    init?(_ probe: HealthCheck.Probe) {
        switch probe {
        case .tcp: self = .tcp
        case .http(_, let path, _, _, _, _): self = .http(path: path)
        case .metrics(_, let path, _, _, _, _): self = .page(path: path)
        case .sse(_, let path, let expect, _, _): self = .events(path: path, expect: expect)
        case .websocket(_, let path, let send, let expect, _, _):
            self = .webSocket(path: path, send: send, expect: expect)
        case .grpc(_, let service, _, _): self = .grpc(service: service)
        case .exec, .notify, .alive, .log: return nil
        }
    }
}
