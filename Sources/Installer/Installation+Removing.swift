// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import FoundationEssentials
import HostRecords
import HostSystem

/// Verbs that only take away. Each act is safe to leave where a crash stops it, so their journals carry no plan.
extension Installation {
    /// Removes releases beyond the newest `keep` that nothing runs from.
    /// - Returns: the directories that went.
    package func prune(keep: Int) throws -> [String] {
        guard var record = try store.load() else { return [] }
        var needed = Set(record.recreate.values.map(\.directory))
        if let active = record.active { needed.insert(active.directory) }
        let idle = record.releases.filter { !needed.contains($0.directory) }
            .sorted { ($0.installedAt, $0.directory) > ($1.installedAt, $1.directory) }
        let gone = idle.dropFirst(max(0, keep - 1)).map(\.directory).sorted()
        guard !gone.isEmpty else { return [] }
        let journal = try begin("prune", record)
        record.releases.removeAll { gone.contains($0.directory) }
        // Forgotten first: a crash leaves a directory too many, never a release that is promised and gone.
        try store.commit(record)
        for directory in gone { try FileSystem.removeTree(layout.release(directory)) }
        try PackHoldings(layout: layout).removeUnused()
        try journal.close(outcome: .done)
        return gone
    }

    /// Takes the product away; its evidence and the site's own files stay.
    package func remove(data: Bool) async throws {
        guard let record = try store.load() else { return }
        let journal = try begin("remove", record)
        let names = UnitNames(product: layout.product)
        let pattern = "\(layout.product).*"
        for unit in try await environment.services.units(matching: pattern) where unit.hasSuffix(".service") {
            try await environment.services.stop(unit, timeout: .seconds(90))
        }
        try await environment.driving(record.driver).traffic.remove()
        for unit in try FileSystem.list(layout.unitDirectory) where isOurs(unit, names) {
            try FileSystem.removeTree(layout.unit(unit))
        }
        try await environment.services.daemonReload()
        for image in try images(record) {
            _ = try await environment.runner.run(Command(["podman", "image", "rm", image.hex]))
        }
        try FileSystem.removeTree(layout.home)
        try FileSystem.removeTree(layout.packs)
        try FileSystem.removeTree(layout.credentials)
        try FileSystem.removeTree(layout.staged)
        // What jobs did is forgotten with the data that they did it to.
        if data {
            try FileSystem.removeTree(layout.data)
            try FileSystem.remove(layout.jobs)
        }
        if record.createdUser, try data || isEmpty(layout.data) {
            try FileSystem.remove(layout.sysusersFile)
            _ = try? await environment.runner.run(Command(["userdel", layout.user]))
            _ = try? FileSystem.removeEmptyDirectory(layout.data)
        }
        try store.remove()
        try journal.close(outcome: .done)
    }

    private func isEmpty(_ directory: HostPath) throws -> Bool {
        try !FileSystem.exists(directory) || FileSystem.list(directory).isEmpty
    }

    /// Units that this product wrote, and never a site's drop-in directory of somebody else's unit.
    private func isOurs(_ unit: String, _ names: UnitNames) -> Bool {
        guard unit.hasPrefix("\(layout.product)."), !unit.hasSuffix(".d") else { return false }
        return unit == names.target || unit.hasSuffix(".service") || Slot.allCases.contains { unit == names.target($0) }
    }

    /// Images of the releases here that no other product's release needs.
    private func images(_ record: StateRecord) throws -> Set<Digest> {
        var ours: Set<Digest> = []
        var others: Set<Digest> = []
        for product in try HostLayout.products(root: layout.root) {
            let there = HostLayout(root: layout.root, product: product)
            for release in try StateStore(layout: there).load()?.releases ?? [] {
                let path = there.evidence(release.directory) / ManifestDocument.name
                guard let bytes = try? FileSystem.readAll(path, limit: Limits.manifestBytes),
                    let manifest = try? ManifestDocument.decode(bytes)
                else { continue }
                let ids = manifest.images.values.map(\.id)
                if product == layout.product { ours.formUnion(ids) } else { others.formUnion(ids) }
            }
        }
        return ours.subtracting(others)
    }

    private func begin(_ verb: String, _ record: StateRecord) throws -> Journal {
        try begin(verb, record.active?.version, record.active?.digest)
    }

    /// A journal without a plan.
    func begin(_ verb: String, _ version: Version?, _ digest: Digest?) throws -> Journal {
        try Journal.begin(
            layout,
            header: JournalHeader(
                verb: verb, product: layout.product, version: version, digest: digest,
                started: environment.clock.wallSeconds(), bootID: facts.bootID, process: ProcessFacts.id,
                loginUser: facts.loginUser, note: note, plan: []),
            clock: environment.clock)
    }

    /// The plan as JSON.
    package func document(_ plan: Plan) throws -> [UInt8] { try CanonicalDocument.encode(plan) }
}
