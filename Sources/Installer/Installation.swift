// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Configuration
import Cryptography
import Events
import FoundationEssentials
package import HostRecords
package import HostSystem

/// One product on one host: prepares plans, executes them, recovers. The verbs of the command line call this and print.
///
/// 1. `recover` what a run that died left open. 2. `prepare`: read the site's side, check the host, render, plan; nothing
/// changes. 3. `run` the plan. The caller holds the host's lock.
package struct Installation: Sendable {
    package let environment: InstallerEnvironment
    package let facts: HostFacts
    package let store: StateStore
    /// The version of this program, for `requires.bundle`.
    package let tool: Version
    /// The operator's words, for the history.
    package var note: String?
    /// The operator let in a release older than the newest that was good here: once it is good, the floor is its version.
    package var lowersFloor = false

    package init(environment: InstallerEnvironment, facts: HostFacts, tool: Version) {
        self.tool = tool
        self.environment = environment
        self.facts = facts
        store = StateStore(layout: environment.layout)
    }

    package var layout: HostLayout { environment.layout }

    /// What came out of looking at everything.
    package struct Prepared {
        package let plan: Plan
        package let rendered: RenderedRelease
        package let source: any ReleaseSource
        package let site: SiteFiles
        /// Every reason why it cannot be done, all at once; empty means that it can.
        package let problems: [PreflightProblem]
        /// Whether exactly this is what runs already.
        package let isUnchanged: Bool
        /// What secrets were hashed with, where this is the product's first plan: written when it is executed.
        let newKey: [UInt8]?
    }

    // MARK: - Preparing

    /// Everything of a release that is to be deployed, and every reason why it cannot.
    /// - Throws: errors of values, schema and templates, each with everything that is wrong.
    package func prepare(
        _ verb: Plan.Verb, _ source: any ReleaseSource, halt: Plan.Halt? = nil, rehearsal: TimeSpan? = nil,
        settings chosen: Settings = .ofVerb
    ) async throws -> Prepared {
        let record = try store.load()
        let stored = try storedHashKey()
        let newKey = try stored == nil ? Randomness.bytes(32) : nil
        var bytes = stored ?? newKey ?? []
        let key = try SecretBytes(wiping: &bytes)
        let site = try siteFiles(verb, source, chosen, key)
        let planner = try await planner(verb, source, site, key: key, record)
        let serving = halt == nil ? try servingSlot(source, record, planner) : nil
        let slot = serving ?? Planner.idleSlot(record)
        let chosenPlanner = planner(slot)
        // Problems of the host do not hide those of values and templates: rendering comes first and throws its own.
        var (plan, rendered) = try chosenPlanner.make()
        plan.halt = halt
        plan.rehearsal = rehearsal
        plan.lowersFloor = lowersFloor ? true : nil
        if halt == .rehearsal, !(environment.driving(plan.driver).traffic is any RehearsingSwitch) {
            throw IdleTrafficError.driverCannot
        }
        let preflight = try await preflight(
            source, plan, record, chosenPlanner.renderer.placements, certificates: rendered.certificates)
        let problems = preflight.problems()
        plan.warnings = preflight.warnings()
        let then = record?.active.flatMap { try? SiteFiles.read(from: layout.evidence($0.directory)) }
        plan.secrets = PlannedSecret.list(
            site.secrets.merging(rendered.sensitiveHashes) { first, _ in first },
            // Before the first installation there was nothing to compare with.
            before: record?.active == nil ? [:] : then?.memory?.secrets)
        plan.settingChanges = then.map { SettingChange.list(from: $0, to: site) }
        return Prepared(
            plan: plan, rendered: rendered, source: source, site: site, problems: problems,
            isUnchanged: Installation.isUnchanged(plan, record), newKey: newKey)
    }

    /// What makes plans and texts of a release by a site's files, for the slot that it is asked about.
    func planner(
        _ verb: Plan.Verb, _ source: any ReleaseSource, _ site: SiteFiles, key: SecretBytes, _ record: StateRecord?
    ) async throws -> (Slot) -> Planner {
        let settings = try SettingsReader(source: source).settings(from: site, layout: layout)
        let manifest = try HostSelection(manifest: source.manifest, settings: settings).chosen()
        let runtime = await runtime(verb, of: manifest, source.directory, settings, record)
        let holdings = try await holdings(record, images: Array(manifest.images.values), in: runtime)
        let contents = try SecretContents.read(layout, source.manifest, key: key)
        return { slot in
            var placements = Placements(
                manifest: manifest, slot: slot, addresses: holdings.addresses, settings: settings,
                layout: layout, directory: source.directory)
            placements.runtime = runtime
            let renderer = ReleaseRenderer(
                source: source, placements: placements, host: machine(settings), hasIPv6: holdings.hasIPv6,
                secretHashes: site.secrets, secretContents: contents)
            return Planner(
                verb: verb, source: source, renderer: renderer, settings: settings, record: record, host: holdings)
        }
    }

    /// What templates may know of this machine.
    private func machine(_ settings: SiteSettings) -> MachineFacts {
        MachineFacts(
            name: facts.hostname, address: settings.address ?? facts.address, cpus: facts.processors,
            memory: facts.memoryBytes)
    }

    /// What the images run under: as the site says, else as a release that is gone back to ran, else as what serves runs.
    private func runtime(
        _ verb: Plan.Verb, of manifest: Manifest, _ directory: String, _ settings: SiteSettings, _ record: StateRecord?
    ) async -> RuntimeReport? {
        guard !manifest.images.isEmpty else { return nil }
        let then = verb == .rollback ? record?.releases.first { $0.directory == directory }?.runtime : nil
        return await RuntimeReport.choose(
            wanted: settings.runtime, current: then ?? record?.active?.runtime, environment.runner)
    }

    private func holdings(_ record: StateRecord?, images: [Image], in runtime: RuntimeReport?) async throws
        -> HostHoldings
    {
        var held: Set<Digest> = []
        if let runtime, runtime.answers {
            let here = runtime.runtime.images(environment.runner, byManifest: runtime.namesManifests)
            for image in images where (try? await here.holds(image, for: layout.product)) == true {
                held.insert(image.id)
            }
        }
        let index = try record?.addressIndex ?? StateStore.freeAddressIndex(root: layout.root)
        guard let addresses = SlotAddresses(index: index) else { throw RecordError.noAddressIndexLeft }
        return HostHoldings(
            addressIndex: index, addresses: addresses,
            userExists: try Accounts.read(root: layout.root).account(layout.user) != nil,
            hasIPv6: try FileSystem.exists("/proc/net/if_inet6"), images: held,
            jobs: try JobLedger(layout: layout, clock: environment.clock).entries())
    }

    private var hashKey: HostPath { layout.records / "hash.key" }

    /// Random, made once and kept by root: hashes of secrets in plans and records mean nothing elsewhere. A plan alone
    /// leaves none behind.
    func storedHashKey() throws -> [UInt8]? {
        try FileSystem.exists(hashKey) ? try FileSystem.readAll(hashKey, limit: 32) : nil
    }

    // MARK: - Running

    /// Executes a plan. The journal is open from the first act to the last.
    /// - Throws: `DeploymentFailure`.
    @discardableResult
    package func run(_ prepared: Prepared) async throws -> Deployment.Ending {
        let plan = prepared.plan
        if let newKey = prepared.newKey {
            try FileSystem.createDirectories(layout.records)
            try FileSystem.write(newKey, to: hashKey, permissions: 0o600)
        }
        let journal = try Journal.begin(
            layout,
            header: JournalHeader(
                verb: plan.halt == .rehearsal ? "rehearse" : plan.verb.rawValue, product: plan.name,
                version: plan.version, digest: plan.digest,
                started: environment.clock.wallSeconds(), bootID: facts.bootID, process: ProcessFacts.id,
                loginUser: facts.loginUser, note: note, plan: try Installation.encode(plan)),
            clock: environment.clock)
        let deployment = Deployment(
            plan: plan, rendered: prepared.rendered, delivery: prepared.source.delivery, environment: environment,
            store: store, journal: journal, site: prepared.site)
        return try await deployment.run()
    }

    private static func encode(_ plan: Plan) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(plan))
    }

    /// Whether the kernel does not do what the record says, while something serves.
    package func lacksRules() async throws -> Bool {
        guard let record = try store.load(), record.active != nil else { return false }
        return try await environment.driving(record.driver).traffic.current()?.does(record.table) != true
    }

    package func recover(booting: Bool = false) async throws -> Recoverer.Outcome {
        try await Recoverer(environment: environment).recover(booting: booting)
    }
}
