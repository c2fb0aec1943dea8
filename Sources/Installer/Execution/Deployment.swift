// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Events
package import HostRecords
import HostSystem

/// Executes a plan: one engine for install, rollback and reconfigure (design section 8).
///
/// Every step is written to the journal, synced, before it begins and after it ends. A failure before `commit` undoes the
/// steps in reverse; one between `commit` and `good` flips back first. Recovery after a crash calls the same
/// functions with the plan read back from the journal, so there is one undo, not two.
package final class Deployment {
    let plan: Plan
    let rendered: RenderedRelease
    let delivery: (any ReleaseDelivery)?
    let environment: InstallerEnvironment
    let store: StateStore
    let journal: Journal
    /// What the site said; kept with the release so that a rollback brings it back. nil in recovery.
    let site: SiteFiles?
    /// Whether the host is coming up: nothing may then be waited for that is ordered after the boot unit.
    let booting: Bool
    /// Steps that began, whether they ended or not: only these are ever undone. Undoing one that never began would take
    /// away what others put there.
    private(set) var begun: Set<Step>
    /// When the step that is taken now began, by the monotonic clock.
    private var stepBegan: Int64 = 0
    /// Steps that a run that died had ended.
    let ended: Set<Step>
    /// Units of jobs that began, now or in the run that died.
    var jobsBegun: Set<String>
    /// IPv6 endpoints found listening, by `service.port`; filled while services become healthy.
    var listeningOnIPv6: Set<String> = []
    /// What the rehearsal measured, once it has.
    var rehearsed: RehearsalFigures?

    package init(
        plan: Plan, rendered: RenderedRelease, delivery: (any ReleaseDelivery)?, environment: InstallerEnvironment,
        store: StateStore, journal: Journal, site: SiteFiles? = nil,
        booting: Bool = false, begun: Set<Step> = [], ended: Set<Step> = [], jobsBegun: Set<String> = []
    ) {
        self.plan = plan
        self.rendered = rendered
        self.delivery = delivery
        self.environment = environment.driving(plan.driver)
        self.store = store
        self.journal = journal
        self.site = site
        self.booting = booting
        self.begun = begun
        self.ended = ended
        self.jobsBegun = jobsBegun
    }

    var layout: HostLayout { environment.layout }

    /// Where a run ended that did not fail.
    package enum Ending: Equatable, Sendable {
        /// The release was called good.
        case good
        /// The idle slot waits to be promoted; the journal stays open.
        case ready
        /// Everything was taken away again.
        case rehearsed(RehearsalFigures)
    }

    /// Runs the whole plan, or as far as it goes at once.
    /// - Throws: `DeploymentFailure`, after the host was brought back to where it stood.
    package func run() async throws -> Ending { try await take(plan.steps) }

    func take(_ steps: [Step]) async throws -> Ending {
        var current = steps.first ?? .tool
        do {
            for step in steps {
                current = step
                try await take(step)
                // The record says so and recovery knows: the journal waits for `promote` or `abort`.
                if step == .ready { return .ready }
            }
            if let rehearsed {
                try await undo(from: .commit)
                try journal.close(outcome: .done)
                return .rehearsed(rehearsed)
            }
            try journal.close(outcome: .done)
            return .good
        } catch {
            try await fail(at: current, cause: error)
        }
    }

    private func take(_ step: Step) async throws {
        let index = plan.steps.firstIndex(of: step) ?? 0
        try journal.append(.intent(step.rawValue))
        begun.insert(step)
        stepBegan = environment.clock.monotonicMilliseconds()
        environment.events.receive(
            .stepStarted(id: step.rawValue, title: step.title, index: index, total: plan.steps.count))
        try await environment.checkpoint(.begins(step))
        try await performUnlessStopped(step)
        try await environment.checkpoint(.ends(step))
        let spent = environment.clock.monotonicMilliseconds() - stepBegan
        try journal.append(.done(step.rawValue))
        environment.events.receive(.stepFinished(id: step.rawValue, milliseconds: spent))
    }

    /// Runs a piece of work behind the commit; a failure flips back and undoes.
    func rollingBack(at step: Step, _ work: () async throws -> Void) async throws {
        do { try await work() } catch { try await fail(at: step, cause: error) }
    }

    private func fail(at step: Step, cause: any Error) async throws -> Never {
        environment.events.receive(
            .stepFailed(
                id: step.rawValue, reason: "\(cause)",
                milliseconds: environment.clock.monotonicMilliseconds() - stepBegan))
        journal.giveUpReserve()
        // Nothing depends on the note, and a full disk must not keep the undo from running.
        try? journal.append(.note("\(step.title): \(environment.words(cause))"))
        // From `drain` on the new release stands; what is left over is recovery's and the next prune's.
        guard step < .drain else {
            try? journal.close(outcome: .stuck)
            throw DeploymentFailure.unfinished(step: step, cause: cause)
        }
        if let job = noReturn {
            try? journal.close(outcome: .stuck)
            throw DeploymentFailure.onlyForward(step: step, cause: cause, job: job.name)
        }
        do {
            if step >= .commit { try await flipBack() }
            try await undo(from: min(step, .commit))
            try journal.close(outcome: .undone)
        } catch let undoing {
            try? journal.append(.note("undo failed: \(undoing)"))
            try? journal.close(outcome: .stuck)
            throw DeploymentFailure.stuck(step: step, cause: cause, undo: undoing)
        }
        if let stopped = cause as? StopRequest.Stopped {
            throw DeploymentFailure.stopped(step: step, stopped.reason, serving: plan.replaces?.version)
        }
        throw step < .start || plan.halt == .rehearsal
            ? DeploymentFailure.undone(step: step, cause: cause)
            : DeploymentFailure.rolledBack(step: step, cause: cause, serving: plan.replaces?.version)
    }

    /// Up to the cutover a step may be given up; the undo behind it may not.
    private func performUnlessStopped(_ step: Step) async throws {
        guard step.isBeforeCommit else {
            // The cutover begins with the hold, where there is one: what began in time goes on.
            if step == .commit, !plan.steps.contains(.replace) {
                try environment.stopping.check(wallSeconds: environment.clock.wallSeconds())
            }
            if step == .commit { try environment.stopping.pass() }
            return try await perform(step)
        }
        try environment.stopping.check(wallSeconds: environment.clock.wallSeconds())
        try await environment.stopping.run { try await self.perform(step) }
    }

    private func perform(_ step: Step) async throws {
        switch step {
        case .tool: try await placeTool()
        case .stage: try await stage()
        case .unpack: try await unpack()
        case .evidence: try keepEvidence()
        case .images: try await loadImages()
        case .account: try await createAccount()
        case .addresses: _ = try await environment.traffic.ensure()
        case .render: try writeConfig()
        case .check: try await checkConfig()
        case .units: try await writeUnits()
        case .start: try await startIdleSlot()
        case .idleJobs: try await runJobs(at: .idle)
        case .ready: try becomeReady()
        case .rehearse: try await rehearse()
        case .replace: try await replaceRecreateServices()
        case .commit:
            try await confirmIdleSlot()
            try commit()
        case .project: try await project()
        case .publicJobs: try await runJobs(at: .public)
        case .bake: try await bake()
        case .lastJobs: try await runJobs(at: .public, irreversible: true)
        case .drain: try await drain()
        case .stopOld: try await stopOld()
        case .good: try await callGood()
        case .prune: try await prune()
        }
    }

    /// Undoes every step from the given one back to the first, in reverse order. Each undo looks at what is there, so it
    /// may run twice and after any crash.
    func undo(from last: Step) async throws {
        for step in plan.steps.reversed() where step <= last && step.isBeforeCommit && begun.contains(step) {
            environment.events.receive(.undoStarted(id: step.rawValue))
            switch step {
            case .replace: try await undoReplace()
            case .ready: try await undoReady()
            case .idleJobs: try await stopJobs(at: [.idle])
            case .rehearse: try await undoRehearse()
            case .start: try await undoStart()
            case .units: try await undoUnits()
            case .render: try undoConfig()
            case .account: try await undoAccount()
            case .images: try await undoImages()
            case .unpack: try undoRelease()
            case .stage: try undoStaging()
            default: break
            }
            try journal.append(.undone(step.rawValue))
        }
        // A first installation that came to nothing leaves no record: the host is as it was.
        let hadOthers = try store.load().map { $0.active != nil || !$0.releases.isEmpty }
        if hadOthers.map({ !$0 }) ?? isNumberFree {
            try await environment.traffic.remove()
            try FileSystem.remove(layout.current)
            try store.remove()
        }
        if hadOthers != true { removeEmptyHome() }
    }

    /// Whether the product's number, and with it its addresses, is nobody's: without a record it keeps none, and another product
    /// may have taken it since this operation died.
    private var isNumberFree: Bool {
        begun.contains(.addresses) && (try? StateStore.freeAddressIndex(root: layout.root)) == plan.addressIndex
    }
}
