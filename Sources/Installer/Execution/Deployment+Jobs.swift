// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Events
import HostRecords
import HostSystem

/// Jobs, and what they wait for (host-state §8).
extension Deployment {
    private var ledger: JobLedger { JobLedger(layout: layout, clock: environment.clock) }

    /// The job behind which this deployment cannot be undone any more; nil while it can.
    var noReturn: PlannedJob? { plan.jobs.first { $0.isIrreversible && jobsBegun.contains($0.unit) } }

    func runJobs(at moment: Job.Moment, irreversible: Bool = false) async throws {
        for job in plan.jobs(at: moment, irreversible: irreversible) { try await run(job) }
    }

    /// Those that need this service stopped.
    func runHeldJobs(like service: PlannedService, within limit: TimeSpan? = nil) async throws {
        for job in plan.jobs(at: .held) where job.like == service.name { try await run(job, within: limit) }
    }

    /// - Parameter limit: how long clients are still held; the job is stopped then, unless it has begun to change data
    ///   for good: stopping that half-way would leave neither the old data nor the new.
    func run(_ job: PlannedJob, within limit: TimeSpan? = nil) async throws {
        // Recovery comes here again; what ran to its good end does not run a second time.
        if let once = job.once, try ledger.entries().isDone(job.name, once: once) { return }
        try await awaitHostUnits(job.hostUnits, for: job.name)
        // Whoever wants it to end has until here.
        if job.isIrreversible { try environment.stopping.pass() }
        try note(job, .begun)
        jobsBegun.insert(job.unit)
        let began = environment.clock.monotonicMilliseconds()
        do {
            try await environment.services.resetFailed(job.unit)
            try await start(job, within: job.isIrreversible ? nil : limit)
        } catch {
            let output = try await environment.services.journalTail(job.unit, lines: 20)
            let state = try await environment.services.state(of: job.unit)
            try note(job, .failed, since: began, output: output)
            throw DeploymentError.jobFailed(
                job: job.name, moment: job.moment, result: state.result, status: state.mainStatus, output: output)
        }
        let output = try await environment.services.journalTail(job.unit, lines: 5)
        try note(job, .done, since: began, output: output)
        let spent = environment.clock.monotonicMilliseconds() - began
        environment.events.receive(.jobDone(job: job.name, moment: job.moment.rawValue, milliseconds: spent))
    }

    /// systemd ends a job after its own timeout; a hold may end sooner.
    private func start(_ job: PlannedJob, within limit: TimeSpan?) async throws {
        guard let limit, limit < job.timeout else { return try await environment.services.start(job.unit) }
        let services = environment.services
        let clock = environment.clock
        try await withThrowingTaskGroup(of: Bool.self) { group in
            group.addTask {
                try await services.start(job.unit)
                return true
            }
            group.addTask {
                try await clock.sleep(milliseconds: limit.milliseconds)
                // The start job above then fails, and says so.
                try await services.stop(job.unit, timeout: .seconds(5))
                return false
            }
            while let ended = try await group.next(), !ended {}
            group.cancelAll()
        }
    }

    private func note(_ job: PlannedJob, _ outcome: JobEntry.Outcome, since began: Int64? = nil, output: [String] = [])
        throws
    {
        let spent = began.map { environment.clock.monotonicMilliseconds() - $0 }
        try ledger.append(
            JobEntry(
                job: job.name, moment: job.moment, outcome: outcome, once: job.once, data: job.data,
                version: plan.version, digest: plan.digest, milliseconds: spent))
        try journal.append(
            .job(
                JournalJob(
                    name: job.name, moment: job.moment, outcome: outcome, milliseconds: spent, output: output)))
    }

    /// A killed installation leaves its job running; nothing may go on beside the undo.
    func stopJobs(at moments: Set<Job.Moment>) async throws {
        for job in plan.jobs where moments.contains(job.moment) && jobsBegun.contains(job.unit) {
            try await environment.services.stop(job.unit, timeout: .seconds(10))
            try await environment.services.resetFailed(job.unit)
        }
    }

    // MARK: - Units of the host

    /// The site's own units are waited for, never started: when they run is the site's business.
    func awaitHostUnits(_ units: [String], for name: String) async throws {
        let deadline = environment.clock.monotonicMilliseconds() + Int64(plan.cutover.healthTimeout.milliseconds)
        for unit in units {
            while try await !environment.services.state(of: unit).isActive {
                guard environment.clock.monotonicMilliseconds() < deadline else {
                    throw DeploymentError.hostUnitNotActive(unit: unit, neededBy: name)
                }
                try await environment.clock.sleep(milliseconds: 250)
            }
        }
    }

    // MARK: - Only forward

    /// From a job that changed data for good, before the commit: the old copy cannot use that data any more, so the rest
    /// of the plan is taken, again from the slot's start. In a first installation the job runs while the slot starts,
    /// so that the jobs of that step have not all run either.
    func goForward() async throws {
        _ = try await environment.traffic.ensure()
        let next = plan.steps.first { $0 >= .start && !ended.contains($0) } ?? .replace
        if next > .start {
            for service in plan.services where service.action == .start {
                try await environment.services.start(service.unit)
                try await checkHealth(of: service, within: plan.cutover.healthTimeout, fresh: false)
            }
        }
        _ = try await take(plan.steps.filter { $0 >= min(next, .replace) })
    }
}
