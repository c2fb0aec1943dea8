// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import FoundationEssentials
import HostRecords
import HostSystem

/// Verbs that only take away. Each act is safe to leave where a crash stops it.
extension Installation {
    /// Removes releases beyond the newest `keep` that nothing runs from.
    /// - Returns: the directories that went.
    package func prune(keep: Int) async throws -> [String] {
        guard var record = try store.load() else { return [] }
        var needed = Set(record.recreate.values.map(\.directory))
        if let active = record.active { needed.insert(active.directory) }
        // In the order in which they were called good: a wall clock may have stood wrong meanwhile.
        let idle = record.releases.filter { !needed.contains($0.directory) }
            .reversed()
        let gone = idle.dropFirst(max(0, keep - 1)).map(\.directory).sorted()
        guard !gone.isEmpty else { return [] }
        record.releases.removeAll { gone.contains($0.directory) }
        let plan = try CanonicalDocument.encode(PruneOrder(directories: gone))
        try await takingAway(PruneOrder.verb, record.active?.version, record.active?.digest, plan: plan) {
            // Forgotten first: a crash leaves a directory too many, never a release that is promised and gone.
            try store.commit(record)
            for directory in gone { try FileSystem.removeTree(layout.release(directory)) }
            try await StrandedSlots(environment: environment).sweep()
            try PackHoldings(layout: layout).removeUnused()
            let sweep = ImageSweep(layout: layout, runner: environment.runner)
            if sweep.concerns(gone) { try? await sweep.run(record) }
        }
        return gone
    }

    /// Takes the product away; its evidence and the site's own files stay. Where it was removed before, what that left.
    /// - Parameter data: the services' data too, and what is remembered of the product with it.
    package func remove(data: Bool) async throws {
        let record = try store.load()
        guard try record != nil || store.remembered() != nil || FileSystem.exists(layout.sysusersFile) else { return }
        let order = Removal.Order(data: data)
        let plan = try CanonicalDocument.encode(order)
        try await takingAway(Removal.verb, record?.active?.version, record?.active?.digest, plan: plan) {
            try await Removal(environment: environment, store: store).carryOut(order)
        }
    }

    /// There is no way back from what only takes away: once its journal is there, a failure leaves it to `recover`.
    /// - Throws: `UnfinishedRemoval`; what kept it from being begun.
    private func takingAway(
        _ verb: String, _ version: Version?, _ digest: Digest?, plan: [UInt8] = [], _ work: () async throws -> Void
    ) async throws {
        var hasBegun = false
        do {
            let journal = try begin(verb, version, digest, plan: plan)
            hasBegun = true
            try await work()
            try journal.close(outcome: .done)
        } catch {
            guard try hasBegun || FileSystem.exists(layout.journal) else { throw error }
            throw UnfinishedRemoval(verb: verb, cause: error)
        }
    }

    /// A journal without a deployment's plan.
    func begin(_ verb: String, _ version: Version?, _ digest: Digest?, plan: [UInt8] = []) throws -> Journal {
        try Journal.begin(
            layout,
            header: JournalHeader(
                verb: verb, product: layout.product, version: version, digest: digest,
                started: environment.clock.wallSeconds(), bootID: facts.bootID, process: ProcessFacts.id,
                loginUser: facts.loginUser, note: note, plan: plan),
            clock: environment.clock, reserves: verb == Installation.stageVerb)
    }

    /// The plan as JSON.
    package func document(_ plan: Plan) throws -> [UInt8] { try CanonicalDocument.encode(plan) }
}

/// What only takes away failed on its way: some of it is gone, and `recover` ends it.
package struct UnfinishedRemoval: Error {
    package let verb: String
    package let cause: any Error
}
