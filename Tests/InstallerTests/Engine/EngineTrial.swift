// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Testing

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
        moments = try await host.moments { try await scenario.run(prepared, host.installation()) }
        end = try host.moment()
    }

    var plan: Plan { prepared.value.plan }

    func run(_ checkpoint: @escaping @Sendable (InstallerEnvironment.Checkpoint) throws -> Void = { _ in }) async throws
    {
        try await scenario.run(prepared.value, host.installation(checkpoint))
    }

    // MARK: - Judgement

    enum Side: Equatable { case old, new, waiting }

    /// Which release the record names: this alone decides.
    func side() throws -> Side {
        let record = try host.installation().store.load()
        if record?.ready != nil, try FileSystem.exists(host.layout.journal) { return .waiting }
        guard let active = record?.active else { return .old }
        return active.directory == plan.directory && active.slot == plan.slot ? .new : .old
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
        #expect(now.rehearsal == nil, "\(note): the rehearsal's rules are left")
        #expect(try !FileSystem.exists(host.layout.journal), "\(note): the journal is open")
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
