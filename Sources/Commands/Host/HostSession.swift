// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Events
import HostRecords
import HostSystem
import Installer

/// A verb at work on the host: root, alone, with the doors that an installation needs.
struct HostSession {
    let console: Console
    let facts: HostFacts
    let clock = SystemClock()
    let runner = SystemCommandRunner()
    /// The operator's words.
    let note: String?
    /// How an installation of this verb is ended before its cutover.
    let stopping: StopRequest
    /// Held to the end of the verb; nil for one that only looks.
    private let lock: FileLock?

    /// - Parameter exclusive: takes the host's lock; products share ports, addresses and the service manager.
    /// - Throws: `HostVerbError.notRoot`, `HostVerbError.tooLate`, `LockError`.
    init(
        verb: String, console: Console, exclusive: Bool, note: String? = nil, cutoverBefore: CutoverTime? = nil
    ) throws {
        self.console = console
        self.note = note
        var facts = HostFacts.gather()
        if TransientRun.isInside { facts.loginUser = TransientRun.loginUser }
        self.facts = facts
        guard facts.effectiveUser == 0 else { throw HostVerbError.notRoot(verb: verb) }
        do {
            stopping = StopRequest(deadline: try cutoverBefore?.deadline(now: clock.wallSeconds()))
            lock = exclusive ? try HostSession.acquire(verb, facts) : nil
        } catch {
            // host-state §4.3: a run that was turned away is written down, too. The recovery behind a run is no attempt.
            if !TransientRun.isBehindRun { AuditedAttempt.turnedAway(verb, by: error, note: note, facts, clock) }
            throw error
        }
    }

    private static func acquire(_ verb: String, _ facts: HostFacts) throws -> FileLock {
        let path: HostPath = "/run/bundle/lock"
        try FileSystem.createDirectories(path.parent)
        return try FileLock.acquire(
            path, holder: LockHolder(process: ProcessFacts.id, bootID: facts.bootID, verb: verb))
    }

    func installation(of product: ReleaseName, events: any EventSink = SilentSink()) throws -> Installation {
        let layout = HostLayout(product: product)
        let record = try StateStore(layout: layout).load()
        let index = try record?.addressIndex ?? StateStore.freeAddressIndex()
        guard let addresses = SlotAddresses(index: index) else { throw RecordError.noAddressIndexLeft }
        let services = SystemdManager(runner: runner)
        let drivers = TrafficDrivers(layout: layout, addresses: addresses, runner: runner, services: services)
        var environment = InstallerEnvironment(
            layout: layout, runner: runner, services: services, traffic: { drivers.make($0) }, clock: clock,
            events: events
        ).driving(record?.driver)
        environment.outside = NamespaceLook(runner: runner)
        environment.stopping = stopping
        environment.words = { Explanation.orPlain($0).firstLine ?? "\($0)" }
        var installation = Installation(environment: environment, facts: facts, tool: BundleTool.version)
        installation.note = note
        return installation
    }

    /// The product that is meant: the one named, or the only one.
    /// - Parameter orStaged: one that is only staged counts.
    static func product(_ name: String?, orStaged: Bool = false) throws -> ReleaseName {
        let staged = orStaged ? try StagedReleases.products() : []
        let installed = Array(Set(try HostLayout.products() + staged)).sorted { $0.text < $1.text }
        guard let name else {
            guard let only = installed.first else { throw HostVerbError.nothingInstalled }
            guard installed.count == 1 else { throw HostVerbError.severalProducts(installed.map(\.text)) }
            return only
        }
        guard let product = ReleaseName(name), installed.contains(product) else {
            throw HostVerbError.noSuchProduct(name, installed: installed.map(\.text))
        }
        return product
    }
}
