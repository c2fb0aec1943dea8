// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Events
import HostRecords
import HostSystem

/// Steps that start, replace and stop services.
extension Deployment {
    func startIdleSlot() async throws {
        for name in plan.order {
            if let service = plan.services.first(where: { $0.name == name && $0.action == .start }) {
                try await awaitHostUnits(service.hostUnits, for: name)
                // A first installation has no old copy to stop; the job comes before the new one all the same.
                try await runHeldJobs(like: service)
                try await start(service, within: plan.cutover.healthTimeout)
            }
            for job in plan.jobs(at: .start) where job.name == name { try await run(job) }
        }
        // The first one may have fallen over while the last one started.
        try await checker.confirm(started.map(\.target))
    }

    /// Right before the commit, unless the replacing has just asked: jobs may have run since, or a person have waited.
    func confirmIdleSlot() async throws {
        if replaced.isEmpty { try await checker.confirm(started.map(\.target)) }
    }

    private var started: [PlannedService] { plan.services.filter { $0.action == .start } }

    private func start(_ service: PlannedService, within deadline: TimeSpan) async throws {
        let began = environment.clock.monotonicMilliseconds()
        try await environment.services.resetFailed(service.unit)
        do {
            try await environment.services.start(service.unit)
        } catch let error as UnitError {
            guard case .jobFailed = error else { throw error }
            let tail = try await environment.services.journalTail(service.unit, lines: 20)
            throw DeploymentError.unitStartFailed(unit: service.unit, journal: tail)
        }
        try await checkHealth(of: service, within: deadline, since: began, fresh: true)
        let spent = environment.clock.monotonicMilliseconds() - began
        environment.events.receive(.healthy(service: service.name, milliseconds: spent))
    }

    func undoStart() async throws {
        try await stopJobs(at: [.start, .held])
        for service in plan.services.reversed() where service.action == .start {
            try await environment.services.stop(service.unit, timeout: service.stopTimeout)
            try await environment.services.resetFailed(service.unit)
        }
    }

    // MARK: - Replacing

    private var replaced: [PlannedService] { plan.services.filter { $0.action == .replace } }

    private var hold: TimeSpan { replaced.map(\.hold).max() ?? .seconds(20) }

    /// New connections wait in the kernel's SYN retransmission, and its own timeout lets them go if this process dies. It is
    /// longer than anybody waits for the new ones: whoever it let in while the old ones come back would be refused.
    private func closeDoors() async throws {
        try await environment.traffic.hold(plan.heldPorts, for: TimeSpan(milliseconds: 2 * hold.milliseconds))
    }

    /// Inside the hold: stop the old ones, start the new ones, check them and who depends on them.
    func replaceRecreateServices() async throws {
        let began = environment.clock.monotonicMilliseconds()
        try await closeDoors()
        try await stopReplaced()
        for service in replaced {
            try await runHeldJobs(like: service, within: try remaining(since: began, service))
        }
        try await writeUnits(replaced.map(\.unit), saving: .replace)
        for service in replaced {
            try await startInHold(service, since: began)
            // Clients wait on at the stable port. Services come to its own address, and must: those that depend on it
            // are checked again before anybody is let in, and could never become healthy behind a closed door.
            try await environment.traffic.release(service.ownDoors)
        }
        if let last = started.last {
            try await checker.confirm(started.map(\.target), within: try left(since: began, last))
        }
    }

    private func startInHold(_ service: PlannedService, since began: Int64) async throws {
        let left = try left(since: began, service)
        do {
            try await start(service, within: left)
        } catch var failure as HealthFailure where failure.reason == .deadline(left) && noReturn == nil {
            // The rest of a hold is no time that anybody has written down.
            failure.reason = .holdOver(hold: hold, left: left)
            throw failure
        }
    }

    /// All at once: whoever waits in the hold waits for the slowest, not for the sum.
    private func stopReplaced() async throws {
        let services = environment.services
        try await withThrowingTaskGroup(of: Void.self) { group in
            for service in replaced {
                group.addTask { try await services.stop(service.unit, timeout: service.stopTimeout) }
            }
            try await group.waitForAll()
        }
    }

    /// Behind the point of no return the hold may end: clients are let in late rather than to nobody at all.
    private func left(since began: Int64, _ service: PlannedService) throws -> TimeSpan {
        noReturn == nil ? try remaining(since: began, service) : plan.cutover.healthTimeout
    }

    private func remaining(since began: Int64, _ service: PlannedService) throws -> TimeSpan {
        let spent = Int(environment.clock.monotonicMilliseconds() - began)
        guard spent < hold.milliseconds else {
            throw DeploymentError.holdTooShort(service: service.name, milliseconds: spent)
        }
        return TimeSpan(milliseconds: hold.milliseconds - spent)
    }

    /// The old ones come back; whoever waited is let in. Their units come first: while the disk takes none, what runs goes on
    /// running.
    func undoReplace() async throws {
        try await stopJobs(at: [.held])
        // After a boot the rules are not there yet.
        _ = try await environment.traffic.ensure()
        let began = environment.clock.monotonicMilliseconds()
        try await closeDoors()
        let areOthers: Bool
        do { areOthers = try restoreUnits(savedBy: .replace) } catch {
            await letInToWhatStarts()
            throw error
        }
        try await stopReplaced()
        // systemd refuses to reload on a full /run. It knows the old unit still when it refused the new one, too, so the old
        // service starts all the same; who waits must not wait for the disk.
        var refusal: (any Error)?
        if areOthers {
            do { try await environment.services.daemonReload() } catch { refusal = error }
        }
        for service in replaced {
            try await environment.services.resetFailed(service.unit)
            try await startAgain(service)
        }
        if !booting { await awaitFormerListeners(until: began + Int64(hold.milliseconds)) }
        try await environment.traffic.release(plan.heldPorts)
        if let refusal { throw refusal }
    }

    /// By the units that systemd knows, since no other can be written. Which release they are of, `status` tells.
    private func letInToWhatStarts() async {
        for service in replaced { try? await startAgain(service) }
        try? await environment.traffic.release(plan.heldPorts)
    }

    /// At a boot it is only queued: what it is ordered behind waits for us.
    private func startAgain(_ service: PlannedService) async throws {
        if booting {
            try await environment.services.startNoBlock([service.unit])
        } else {
            try await environment.services.start(service.unit)
        }
    }

    /// That systemd has started a service does not mean that it listens yet, and a port without a listener refuses those
    /// who waited. As long as the kernel holds them, no longer.
    private func awaitFormerListeners(until deadline: Int64) async {
        let names = Set(replaced.map(\.name))
        for entry in plan.formerTraffic where entry.recreate && names.contains(entry.service) {
            while environment.clock.monotonicMilliseconds() < deadline,
                await environment.probe.tcp(entry.ipv4, milliseconds: 500) != .connected
            {
                try? await environment.clock.sleep(milliseconds: 50)
            }
        }
    }

    // MARK: - After the commit

    /// Lets open connections to the old slot finish, each service's until its own deadline; what is cut then is counted
    /// and shown.
    func drain() async throws {
        let began = environment.clock.monotonicMilliseconds()
        var waiting = try drainingServices()
        while !waiting.isEmpty {
            let spent = environment.clock.monotonicMilliseconds() - began
            let counts = try ConnectionCounter().open(at: waiting.flatMap(\.endpoints))
            waiting = try waiting.filter { service in
                let open = service.open(counts)
                guard open == 0 || spent >= service.span.milliseconds else { return true }
                let cut = open == 0 ? 0 : try ConnectionCounter().cut(at: service.endpoints)
                environment.events.receive(
                    .drained(service: service.name, closed: max(0, service.first - cut), cut: cut))
                return false
            }
            if !waiting.isEmpty { try await environment.clock.sleep(milliseconds: 100) }
        }
    }

    var drainSpan: TimeSpan { plan.services.map(\.drain).max() ?? plan.cutover.drain }

    func stopOld() async throws {
        for unit in plan.replaces?.units ?? [] {
            try await environment.services.stop(unit, timeout: .seconds(90))
            try await environment.services.resetFailed(unit)
        }
        for service in plan.retired {
            try await environment.services.stop(service.unit, timeout: service.stopTimeout)
            try FileSystem.remove(layout.unit(service.unit))
            let slice = UnitNames(product: plan.name).slice(String(service.unit.dropLast(".service".count)))
            guard try FileSystem.exists(layout.unit(slice)) else { continue }
            try await OwnUnits(environment: environment).stopSlices(among: [slice])
            try FileSystem.remove(layout.unit(slice))
        }
        guard !plan.retired.isEmpty else { return }
        // A recovery that finds this step done does not take it again: what is gone must stay gone.
        try FileSystem.syncDirectory(layout.unitDirectory)
        try await environment.services.daemonReload()
    }
}
