// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Synchronization

@testable import HostRecords
@testable import Installer

/// A whole host of fakes around the real engine, records and files. A moment of it can be kept and gone back to.
final class EngineHost: Sendable {
    struct Moment: Equatable, Sendable {
        var tree: FileTree
        var units: UnitWorld
        var traffic: TrafficState?
        var rehearsal: TrafficState?
        var images: [String: Set<String>]
    }

    let root: HostPath
    let layout: HostLayout
    let wire = Tripwire()
    let services: EngineServices
    let traffic: EngineSwitch
    let runner: EngineRunner
    private let program: HostPath
    /// Whether the files go with it.
    private let isScratch: Bool

    /// - Parameter place: where it has its files, for good; nil for a directory of its own in memory.
    init(at place: HostPath? = nil) throws {
        let memory: HostPath = "/dev/shm"
        root =
            try place ?? FileSystem.createTemporaryDirectory(in: FileSystem.isWritable(memory) ? memory : "/tmp")
        isScratch = place == nil
        guard let product = ReleaseName("lake") else { throw Tripwire.Broken() }
        layout = HostLayout(root: root, product: product)
        services = EngineServices(root: root, wire: wire)
        traffic = EngineSwitch(wire: wire)
        runner = EngineRunner(root: root, wire: wire)
        program = root / "program"
        guard try !FileSystem.exists(program) else { return }
        for directory in [
            "etc/systemd/system", "etc/sysusers.d", "etc/lake", "opt", "proc", "run", "usr/lib", "var/lib",
        ] {
            try FileSystem.createDirectories(root / directory)
        }
        try FileSystem.write(Array("root:x:0:0::/:/bin/sh\n".utf8), to: root / "etc/passwd")
        try FileSystem.write(Array("root:x:0:\n".utf8), to: root / "etc/group")
        try FileSystem.write(Array("keep: 2\n".utf8), to: layout.siteHost)
        try FileSystem.write(Array("bundle".utf8), to: program, permissions: 0o755)
    }

    deinit { if isScratch { _ = try? FileSystem.removeTree(root) } }

    func installation(_ checkpoint: @escaping @Sendable (InstallerEnvironment.Checkpoint) throws -> Void = { _ in })
        -> Installation
    {
        var environment = InstallerEnvironment(
            layout: layout, runner: runner, services: services, traffic: { [traffic] _ in traffic },
            clock: EngineClock(wire: wire),
            events: EngineEvents(wire: wire))
        environment.program = program
        environment.probe = ScriptedProbe([.connected])
        environment.scan = { ListenerScan(table: TCPTable(sockets: [])) }
        environment.client = EngineClient()
        environment.checkpoint = { try checkpoint($0) }
        return Installation(
            environment: environment, facts: HostFacts(hostname: "h", machine: "x86_64", bootID: "b"),
            tool: Version(major: 9, minor: 0, patch: 0))
    }

    // MARK: - Moments

    func moment() throws -> Moment {
        Moment(
            tree: try FileTree(of: root), units: services.moment, traffic: traffic.moment,
            rehearsal: traffic.rehearsalMoment,
            images: runner.images)
    }

    func restore(_ moment: Moment) throws {
        try moment.tree.restore(to: root)
        services.moment = moment.units
        traffic.moment = moment.traffic
        traffic.rehearsalMoment = moment.rehearsal
        runner.images = moment.images
    }

    /// The power goes and comes back: what is on disk stays.
    func reboot() {
        var units = UnitWorld()
        units.enabled = services.moment.enabled
        units.data = services.moment.data
        services.moment = units
        traffic.moment = nil
        traffic.rehearsalMoment = nil
    }

    /// Runs work and keeps every moment at which the machine could have died, each that differs from the one before.
    func moments(of work: () async throws -> Void) async throws -> [Moment] {
        let kept = Mutex<[Moment]>([try moment()])
        wire.watch { _ in
            let now = try self.moment()
            kept.withLock { if $0.last != now { $0.append(now) } }
        }
        defer { wire.watch(nil) }
        try await work()
        let last = try moment()
        return kept.withLock { $0 + [last] }
    }

    // MARK: - What must be restored exactly

    /// A moment as far as it matters: what serves, from which files, by which record.
    struct Standing: Equatable, Sendable {
        var files: FileTree
        var record: StateRecord?
        var running: [String: UnitWorld.Running]
        var traffic: TrafficState?
        var images: [String: Set<String>]
    }

    /// - Parameter ignoringInvocations: of units that were or may have been started again.
    func standing(_ moment: Moment, ignoringInvocations: (String) -> Bool = { _ in true }) throws -> Standing {
        var record: StateRecord?
        if case .file(let bytes, _)? = moment.tree.nodes["var/lib/bundle/lake/state"] {
            record = try StateStore.decode(bytes, path: layout.state)
        }
        record?.generation = 0
        record?.active?.since = 0
        record?.previous?.since = 0
        record?.ready?.since = 0
        for index in record?.releases.indices ?? 0..<0 { record?.releases[index].installedAt = 0 }
        let own = "var/lib/bundle/lake"
        var running = moment.units.running
        for unit in running.keys where ignoringInvocations(unit) { running[unit]?.invocation = 0 }
        return Standing(
            files: moment.tree.without([
                "\(own)/state", "\(own)/history", "\(own)/hash.key", "\(own)/jobs", "\(own)/rehearsals",
                "usr/lib/bundle",
                "etc/systemd/system/bundle-boot.service", "etc/systemd/system/multi-user.target.wants",
            ]), record: record, running: running, traffic: moment.traffic, images: moment.images)
    }
}

extension EngineHost.Standing {
    /// In what two differ, for a message; empty when in nothing.
    func difference(from other: EngineHost.Standing) -> [String] {
        var found = files.difference(from: other.files)
        if record != other.record {
            found += ["record", EngineHost.Standing.brief(record), EngineHost.Standing.brief(other.record)]
        }
        for unit in Set(running.keys).union(other.running.keys).sorted() where running[unit] != other.running[unit] {
            found.append(
                "\(unit): \(running[unit].map { "\($0.program) #\($0.invocation)" } ?? "stopped") / "
                    + (other.running[unit].map { "\($0.program) #\($0.invocation)" } ?? "stopped"))
        }
        if traffic != other.traffic { found.append("traffic") }
        if images != other.images { found.append("images") }
        return found
    }

    private static func brief(_ record: StateRecord?) -> String {
        guard let record else { return "none" }
        let active = record.active.map { "\($0.version) \($0.slot) \($0.phase)" } ?? "nothing"
        let ready = record.ready.map { ", ready \($0.version)" } ?? ""
        let before = record.previous.map { ", previous \($0.version)" } ?? ""
        return
            "\(active)\(ready)\(before), on disk \(record.releases.map(\.version)), runs once \(record.recreate.keys.sorted())"
    }
}
