// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Events
import Glibc
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

    /// - Parameters:
    ///   - exclusive: takes the host's lock; products share ports, addresses and the service manager.
    ///   - waitsFor: for whom it waits rather than to be turned away.
    /// - Throws: `HostVerbError.notRoot`, `HostVerbError.tooLate`, `LockError`.
    init(
        verb: String, console: Console, exclusive: Bool, note: String? = nil, cutoverBefore: CutoverTime? = nil,
        waitsFor: (LockHolder?) -> Bool = { _ in false }
    ) throws {
        self.console = console
        self.note = note
        var facts = HostFacts.gather()
        if TransientRun.isInside { facts.loginUser = TransientRun.loginUser }
        self.facts = facts
        guard facts.effectiveUser == 0 else { throw HostVerbError.notRoot(verb: verb) }
        do {
            stopping = StopRequest(deadline: try cutoverBefore?.deadline(now: clock.wallSeconds()))
            lock = exclusive ? try HostSession.acquire(verb, facts, console, waitsFor) : nil
            if !TransientRun.isBehindRun { TimeWatch.warn(console, now: clock.wallSeconds()) }
        } catch {
            // host-state §4.3: a run that was turned away is written down, too. The recovery behind a run is no attempt.
            if !TransientRun.isBehindRun { AuditedAttempt.turnedAway(verb, by: error, note: note, facts, clock) }
            throw error
        }
    }

    /// The unit behind a run may take ten minutes in all (`TransientRun`).
    private static let longestWaitMilliseconds: Int64 = 9 * 60 * 1000

    /// One for the host (host-state §6.1).
    static let lock: HostPath = "/run/bundle/lock"

    private static func acquire(
        _ verb: String, _ facts: HostFacts, _ console: Console, _ waitsFor: (LockHolder?) -> Bool
    ) throws -> FileLock {
        try FileSystem.createDirectories(lock.parent)
        let own = LockHolder(process: ProcessFacts.id, bootID: facts.bootID, verb: verb)
        let began = SystemClock().monotonicMilliseconds()
        var hasSaid = false
        while true {
            do { return try FileLock.acquire(lock, holder: own) } catch LockError.held(let path, let holder) {
                guard waitsFor(holder), SystemClock().monotonicMilliseconds() - began < longestWaitMilliseconds else {
                    throw LockError.held(path: path, by: holder)
                }
                if !hasSaid { console.say("waiting for `bundle \(holder?.verb ?? "")`, which is at work on this host") }
                hasSaid = true
                usleep(200_000)
            }
        }
    }

    /// - Parameter ignoringRecord: for who tells what is wrong with it.
    func installation(
        of product: ReleaseName, events: any EventSink = SilentSink(), ignoringRecord: Bool = false
    ) throws -> Installation {
        let layout = HostLayout(product: product)
        let record = ignoringRecord ? nil : try StateStore(layout: layout).load()
        let index = try record?.addressIndex ?? (ignoringRecord ? 0 : StateStore.freeAddressIndex())
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
    /// - Parameters:
    ///   - orStaged: one that is only staged counts.
    ///   - orLeft: one of which `remove` left something, or which a `remove` that died has half taken, counts.
    static func product(_ name: String?, orStaged: Bool = false, orLeft: Bool = false) throws -> ReleaseName {
        let staged = orStaged ? try StagedReleases.products() : []
        let left = orLeft ? try HostLayout.left() + HostLayout.withRecords() : []
        let installed = Array(Set(try HostLayout.products() + staged + left)).sorted { $0.text < $1.text }
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
