// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Foundation
import HostSystem
import Testing

@testable import EngineFakes
@testable import HostRecords
@testable import Installer

/// A scenario on a host of its own, with the two standings between which nothing may remain.
final class EngineTrial: Sendable {
    let scenario: EngineScenario
    let host: EngineHost
    let begin: EngineHost.Moment
    let end: EngineHost.Moment
    let prepared: Sendable_<Installation.Prepared>
    /// Every moment at which the machine could have died in an operation that nothing disturbs.
    let moments: [EngineHost.Moment]

    /// A value that one task at a time uses.
    struct Sendable_<Value>: @unchecked Sendable { let value: Value }

    init(_ scenario: EngineScenario) async throws {
        self.scenario = scenario
        let host = try EngineHost()
        self.host = host
        try await scenario.prepare(host)
        let prepared = try await scenario.prepared(host)
        self.prepared = Sendable_(value: prepared)
        begin = try host.moment()
        if scenario.convertsData {
            let last = scenario == .irreversibleLast
            host.services.makeUnusable(
                begin.units.running.filter { last || $0.key.contains(".store.") }.mapValues(\.text))
        }
        moments = try await host.moments { try await scenario.run(prepared, host.installation()) }
        end = try host.moment()
    }

    var plan: Plan { prepared.value.plan }

    func run(_ checkpoint: @escaping @Sendable (InstallerEnvironment.Checkpoint) throws -> Void = { _ in }) async throws
    {
        try await scenario.run(prepared.value, host.installation(checkpoint))
    }

    /// Those behind which a second death is tried: every fourth, others in each scenario; all when EVERY_CUT is set, which
    /// takes five times as long. Until its first job an operation with jobs is like one without.
    var momentsToDieTwice: [(index: Int, moment: EngineHost.Moment)] {
        let every = ProcessInfo.processInfo.environment["EVERY_CUT"] == nil ? 4 : 1
        let offset = EngineScenario.allCases.firstIndex(of: scenario) ?? 0
        return moments.enumerated().map { (index: $0.offset, moment: $0.element) }.filter {
            ($0.index + offset) % every == 0 && (plan.jobs.isEmpty || hasJobs($0.moment))
        }
    }

    private func hasJobs(_ moment: EngineHost.Moment) -> Bool {
        guard case .file(let journal, _)? = moment.tree.nodes["var/lib/bundle/lake/journal"] else { return false }
        return String(decoding: journal, as: UTF8.self).contains(#""job":"#)
    }

    // MARK: - Judgement

    enum Side: Equatable { case old, new, waiting }

    /// Which release the record names: this alone decides, but for a job that has begun to change data for good.
    func side() throws -> Side {
        if try isPastReturn() { return .new }
        let record = try host.installation().store.load()
        if record?.ready != nil, try FileSystem.exists(host.layout.journal) { return .waiting }
        guard let active = record?.active else { return .old }
        return active.directory == plan.directory && active.slot == plan.slot ? .new : .old
    }

    private func isPastReturn() throws -> Bool {
        guard try FileSystem.exists(host.layout.journal) else { return false }
        let begun = Set(try JournalRecord.read(host.layout.journal).jobs.map(\.name))
        return plan.jobs.contains { $0.isIrreversible && begun.contains($0.name) }
    }

    /// Units that an operation which is undone may have started again.
    private var disturbed: Set<String> { Set(plan.services.filter { $0.action == .replace }.map(\.unit)) }

    /// - Parameter rebooted: every unit was started again then.
    func expect(_ side: Side, rebooted: Bool = false, _ note: String) throws {
        let now = try host.moment()
        let wanted = side == .old ? begin : end
        let ignored: (String) -> Bool = { unit in
            rebooted || side == .new || self.disturbed.contains(unit)
        }
        var found = try host.standing(now, ignoringInvocations: ignored)
        let standing = try host.standing(wanted, ignoringInvocations: ignored)
        // A product that was never installed leaves nothing; whether there is an empty table is all the same.
        if standing.traffic == nil, found.traffic == TrafficState() { found.traffic = nil }
        let differences = found.difference(from: standing)
        #expect(differences == [], "\(note): not \(side)")
        if wanted.tree.nodes["opt/lake"] == nil {
            #expect(now.tree.nodes["opt/lake"] == nil, "\(note): a first installation leaves an empty home")
        }
        #expect(now.rehearsal == nil, "\(note): the rehearsal's rules are left")
        #expect(try !FileSystem.exists(host.layout.journal), "\(note): the journal is open")
        #expect(now.units.data.spoilers == [], "\(note): came back to data that is not for it any more")
        #expect(side == .new || !now.units.data.isConverted, "\(note): data that was changed for good was given back")
        if side == .new {
            // Every job came to its end, in the order of the moments, whatever ran twice.
            var runs: [String] = []
            for unit in now.units.data.ran.reversed() where !runs.contains(unit) { runs.insert(unit, at: 0) }
            #expect(runs == end.units.data.ran, "\(note): jobs")
        }
        for (unit, running) in now.units.running {
            let file = now.tree.nodes["etc/systemd/system/\(unit)"]
            guard case .file(let bytes, _)? = file, bytes == Array(running.text.utf8) else {
                Issue.record("\(note): \(unit) runs from a text that is not on disk")
                continue
            }
        }
    }

    /// The outcome that the newest journal of the history tells.
    func lastOutcome() throws -> JournalOutcome? { try History.list(host.layout).first?.record?.outcome }
}
