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
    /// Held to the end of the verb; nil for one that only looks.
    private let lock: FileLock?

    /// - Parameter exclusive: takes the host's lock; products share ports, addresses and the service manager.
    /// - Throws: `HostVerbError.notRoot`, `LockError`.
    init(verb: String, console: Console, exclusive: Bool) throws {
        self.console = console
        var facts = HostFacts.gather()
        if TransientRun.isInside { facts.loginUser = TransientRun.loginUser }
        self.facts = facts
        guard facts.effectiveUser == 0 else { throw HostVerbError.notRoot(verb: verb) }
        let path: HostPath = "/run/bundle/lock"
        if exclusive {
            try FileSystem.createDirectories(path.parent)
            lock = try FileLock.acquire(
                path, holder: LockHolder(process: ProcessFacts.id, bootID: facts.bootID, verb: verb))
        } else {
            lock = nil
        }
    }

    func installation(of product: ReleaseName, events: any EventSink = SilentSink()) throws -> Installation {
        let layout = HostLayout(product: product)
        let record = try StateStore(layout: layout).load()
        let index = try record?.addressIndex ?? StateStore.freeAddressIndex()
        guard let addresses = SlotAddresses(index: index) else { throw RecordError.noAddressIndexLeft }
        var environment = InstallerEnvironment(
            layout: layout, runner: runner, services: SystemdManager(runner: runner),
            traffic: NFTablesSwitch(product: product, addresses: addresses, runner: runner), clock: clock,
            events: events)
        environment.outside = NamespaceLook(runner: runner)
        return Installation(environment: environment, facts: facts, tool: BundleTool.version)
    }

    /// The product that is meant: the one named, or the only one.
    static func product(_ name: String?) throws -> ReleaseName {
        let installed = try HostLayout.products()
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

/// What can be wrong before a host verb begins.
enum HostVerbError: Error, Equatable {
    case notRoot(verb: String)
    case nothingInstalled
    case severalProducts([String])
    case noSuchProduct(String, installed: [String])
    case noSuchRelease(product: String, asked: String, held: [String])
    case preflight([PreflightProblem])
    case notAsked(verb: String)
    /// A release waits to be promoted; nothing else may begin.
    case waiting(ReleaseName, Version)
    case nothingWaits(ReleaseName)
    /// Nothing of it serves, so there is no cutover to prove.
    case nothingToRehearse(ReleaseName)
    case rehearsalFailed(RehearsalFigures)
    /// The unit that watches a canary could not be started.
    case notWatched(ReleaseName, String)
}
