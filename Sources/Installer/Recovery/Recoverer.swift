// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Events
import FoundationEssentials
import HostRecords
import HostSystem

/// Brings a host back to old or new, whole, after a run that died (host-state §5). It may itself die at any point and be
/// run again.
package struct Recoverer {
    package enum Outcome: Equatable, Sendable {
        /// There was nothing to recover.
        case nothing
        /// No run had died, but the kernel did not do what the record says: a firewall was flushed or reloaded.
        case rulesPutBack
        /// The old release serves, as before the run.
        case undone(verb: String, step: String)
        /// No run had died: a release waits in the idle slot to be promoted, and the old one serves.
        case ready(version: Version)
        /// The new release serves.
        case finished(verb: String)
        /// The new release comes up with the host; it bakes again once the boot is over.
        case postponed(verb: String)
    }

    let environment: InstallerEnvironment
    let store: StateStore

    package init(environment: InstallerEnvironment) {
        self.environment = environment
        store = StateStore(layout: environment.layout)
    }

    /// - Parameter booting: the host is coming up: rules first, then services are queued, never waited for.
    package func recover(booting: Bool) async throws -> Outcome {
        LeftTemporaries(layout: environment.layout).remove()
        let outcome = try await recoverOpenOperation(booting: booting)
        if !booting { await environment.outside.sweep() }
        if !booting, outcome.nobodyDied, let record = try store.load(), record.active != nil {
            let traffic = environment.driving(record.driver).traffic
            if let rules = try await traffic.current(), rules.does(record.table) { return outcome }
            try await Projection(environment: environment).apply(record)
            return outcome == .nothing ? .rulesPutBack : outcome
        }
        if booting, let record = try store.load() {
            let projection = Projection(environment: environment)
            try await projection.apply(record)
            try await projection.queueServices(record, except: try unusable(record))
        }
        return outcome
    }

    private func recoverOpenOperation(booting: Bool) async throws -> Outcome {
        guard let (journal, lines) = try Journal.resume(environment.layout, clock: environment.clock) else {
            Journal.clearOperation(environment.layout)
            return .nothing
        }
        guard let plan = try? JSONDecoder().decode(Plan.self, from: Data(lines.header.plan.utf8)) else {
            return try await recoverWithoutPlan(journal, lines)
        }
        let deployment = Deployment(
            plan: plan, rendered: try Deployment.rendered(keptIn: environment.layout), delivery: nil,
            environment: environment, store: store,
            journal: journal, booting: booting, begun: Set(lines.begun.compactMap(Step.init(rawValue:))),
            ended: Set(lines.done.compactMap(Step.init(rawValue:))), jobsBegun: plan.units(of: lines.jobs))
        let record = try store.load()
        let last = lines.begun.last ?? "begin"
        if let ready = record?.ready, plan.isWaiting(as: ready, journal: lines) {
            return .ready(version: ready.version)
        }
        // The slot decides: before the commit the other one was active (host-state §5).
        guard let record, plan.isCommitted(record), let active = record.active else {
            if deployment.noReturn != nil {
                // The old copies must not touch that data again; after a boot nothing may be waited for.
                if booting { return .postponed(verb: lines.header.verb) }
                try await deployment.goForward()
                return .finished(verb: lines.header.verb)
            }
            journal.giveUpReserve()
            try await deployment.undo(from: .commit)
            if let record = try store.load() { try await Projection(environment: environment).apply(record) }
            try journal.close(outcome: .undone)
            return .undone(verb: lines.header.verb, step: last)
        }
        do {
            guard try await deployment.finish(after: active.phase) else {
                return .postponed(verb: lines.header.verb)
            }
        } catch let failure as DeploymentFailure {
            guard case .rolledBack = failure else { throw failure }
            return .undone(verb: lines.header.verb, step: last)
        }
        return .finished(verb: lines.header.verb)
    }

    /// Old copies of services whose data a job has begun to change for good, in an operation that has not committed.
    private func unusable(_ record: StateRecord) throws -> Set<String> {
        guard let (_, lines) = try Journal.resume(environment.layout, clock: environment.clock),
            let plan = try? JSONDecoder().decode(Plan.self, from: Data(lines.header.plan.utf8))
        else { return [] }
        guard !plan.isCommitted(record) else { return [] }
        let begun = plan.units(of: lines.jobs)
        let jobs = plan.jobs.filter { $0.moment == .held && $0.isIrreversible && begun.contains($0.unit) }
        return Set(plan.services.filter { service in jobs.contains { $0.like == service.name } }.map(\.unit))
    }

    /// `stage` and `prune` carry no plan: each of their acts is safe to leave where it stopped. A `remove` goes on: half of
    /// a product is neither old nor new, and there is no way back from there.
    private func recoverWithoutPlan(_ journal: Journal, _ lines: JournalRecord) async throws -> Outcome {
        let verb = lines.header.verb
        if verb == Removal.verb {
            let order = try? JSONDecoder().decode(Removal.Order.self, from: Data(lines.header.plan.utf8))
            try await Removal(environment: environment, store: store).carryOut(order ?? Removal.Order(data: false))
            try journal.close(outcome: .done)
            return .finished(verb: verb)
        }
        let record = try store.load()
        if let record { try await Projection(environment: environment).apply(record) }
        // A `prune` may have taken the last directory away, and not yet all packs that were only for it.
        try PackHoldings(layout: environment.layout).removeUnused()
        try await StrandedSlots(environment: environment).sweep()
        let order = try? JSONDecoder().decode(PruneOrder.self, from: Data(lines.header.plan.utf8))
        let isDone = if let order, let record, verb == PruneOrder.verb { order.isCommitted(record) } else { false }
        try journal.close(outcome: isDone ? .done : .undone)
        // Only now: it leaves everything alone while an operation is open.
        try StagingSweep(layout: environment.layout).run()
        return isDone ? .finished(verb: verb) : .undone(verb: verb, step: lines.begun.last ?? "begin")
    }
}

extension Recoverer.Outcome {
    fileprivate var nobodyDied: Bool {
        switch self {
        case .nothing, .ready: true
        default: false
        }
    }
}

extension Plan {
    func units(of jobs: [JournalJob]) -> Set<String> {
        Set(self.jobs.filter { job in jobs.contains { $0.name == job.name && $0.moment == job.moment } }.map(\.unit))
    }

    /// Whether this plan stands still at its pause: the record names it, and no step behind the pause has begun.
    func isWaiting(as ready: ReadyRelease, journal: JournalRecord) -> Bool {
        ready.directory == directory && ready.slot == slot && journal.begun.last == Step.ready.rawValue
    }
}
