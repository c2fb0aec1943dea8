// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Synchronization

@testable import Installer

/// An init system as the engine meets it: it knows unit files as they were at the last reload, and starts only what is
/// really there.
struct UnitWorld: Equatable, Codable, Sendable {
    struct Running: Equatable, Codable, Sendable {
        /// The unit's text when it was started.
        var text: String
        /// The program, links resolved: tells which release runs.
        var program: String
        var invocation: Int
    }

    var loaded: [String: String] = [:]
    var running: [String: Running] = [:]
    var queued: [String] = []
    var enabled: Set<String> = []
    var invocations = 0
    var data = DataWorld()
}

/// What jobs did to the site's data, which no undo and no power cut takes away.
struct DataWorld: Equatable, Codable, Sendable {
    /// Units of jobs, in the order in which they came to their end.
    var ran: [String] = []
    /// Since then the release before cannot use it.
    var isConverted = false
    /// Units of the release before that were started all the same.
    var spoilers: [String] = []
}

final class EngineServices: ServiceManager {
    private let world = Mutex(UnitWorld())
    private let root: HostPath
    private let wire: Tripwire
    private let unhealthy = Mutex<Set<String>>([])
    private let unusable = Mutex<[String: String]>([:])

    init(root: HostPath, wire: Tripwire) {
        self.root = root
        self.wire = wire
    }

    var moment: UnitWorld {
        get { world.withLock { $0 } }
        set { world.withLock { $0 = newValue } }
    }

    /// Units that run and are asked in vain.
    func makeUnhealthy(_ units: Set<String>) { unhealthy.withLock { $0 = units } }

    /// Texts of units that must never be started again once a job has converted the data.
    func makeUnusable(_ texts: [String: String]) { unusable.withLock { $0 = texts } }

    func daemonReload() async throws {
        try await wire.around("daemon-reload") {
            let directory = self.root / "etc/systemd/system"
            var found: [String: String] = [:]
            for name in try FileSystem.list(directory) where name.hasSuffix(".service") {
                found[name] = String(decoding: try FileSystem.readAll(directory / name, limit: 1 << 20), as: UTF8.self)
            }
            self.world.withLock { $0.loaded = found }
        }
    }

    func start(_ unit: String) async throws {
        try await wire.around("start \(unit)") {
            try self.begin(unit)
            guard self.moment.running[unit]?.text.contains("Type=oneshot") == true else { return }
            do { try self.wire.pass(.fallible("in \(unit)")) } catch {
                self.world.withLock { $0.running[unit] = nil }
                throw self.failure(unit, "exit status 7")
            }
            self.world.withLock {
                $0.running[unit] = nil
                $0.data.ran.append(unit)
            }
        }
    }

    private func begin(_ unit: String) throws {
        guard moment.running[unit] == nil else { return }
        let path = root / "etc/systemd/system" / unit
        guard try FileSystem.exists(path) else { throw failure(unit, "not found") }
        let text = String(decoding: try FileSystem.readAll(path, limit: 1 << 20), as: UTF8.self)
        if let known = moment.loaded[unit], known != text { throw failure(unit, "changed on disk, not reloaded") }
        let program = try self.program(of: text, unit)
        let spoils = unusable.withLock { $0[unit] == text }
        world.withLock {
            if unit.contains(".convert.") { $0.data.isConverted = true }
            if spoils, $0.data.isConverted { $0.data.spoilers.append(unit) }
            $0.invocations += 1
            $0.running[unit] = UnitWorld.Running(text: text, program: program, invocation: $0.invocations)
        }
    }

    /// The first path of the product in ExecStart; an image's is its ID.
    private func program(of text: String, _ unit: String) throws -> String {
        let lines = text.split(separator: "\n")
        guard let line = lines.first(where: { $0.hasPrefix("ExecStart=") }) else { throw failure(unit, "no ExecStart") }
        guard !line.contains("podman") else { return String(line) }
        let words = line.split { " :=\"".contains($0) }.map(String.init)
        guard let word = words.first(where: { $0.hasPrefix((root / "opt").text) }) else {
            throw failure(unit, "no program of the product")
        }
        guard try FileSystem.exists(HostPath(word)) else { throw failure(unit, "\(word) is not there") }
        return try FileSystem.resolve(HostPath(word)).text
    }

    private func failure(_ unit: String, _ message: String) -> UnitError {
        .jobFailed(verb: "start", unit: unit, status: 1, message: message)
    }

    func startNoBlock(_ units: [String]) async throws {
        try await wire.around("queue \(units)") { self.world.withLock { $0.queued += units } }
    }

    /// The boot goes on: what was queued starts.
    func startQueued() throws {
        let units = moment.queued
        moment.queued = []
        for unit in units { try begin(unit) }
    }

    func stop(_ unit: String, timeout: TimeSpan) async throws {
        try await wire.around("stop \(unit)") { self.world.withLock { $0.running[unit] = nil } }
    }

    func state(of unit: String) async throws -> UnitState {
        try await wire.around("state \(unit)") {
            guard let running = self.moment.running[unit] else {
                return UnitState(load: "not-found", active: "inactive", sub: "dead")
            }
            if self.unhealthy.withLock({ $0.contains(unit) }) { return UnitState(active: "failed", sub: "failed") }
            return UnitState(active: "active", sub: "running", mainPID: 7, invocation: "\(running.invocation)")
        }
    }

    func journalTail(_ unit: String, lines: Int) async throws -> [String] { [] }
    func journalEnd(of unit: String) async throws -> String? { nil }
    func journal(of unit: String, after cursor: String?) async throws -> JournalPage { JournalPage() }
    func resetFailed(_ unit: String) async throws { try await wire.around("reset-failed \(unit)") {} }
    func units(matching pattern: String) async throws -> [String] { moment.running.keys.sorted() }
    func enable(_ unit: String) async throws {
        try await wire.around("enable \(unit)") {
            let wants = self.root / "etc/systemd/system" / BootUnit.wants
            try FileSystem.createDirectories(wants)
            try FileSystem.replaceSymlink(wants / unit, target: "../\(unit)")
            _ = self.world.withLock { $0.enabled.insert(unit) }
        }
    }

    func run(_ task: TransientTask) async throws -> CommandResult {
        try await wire.around("run \(task.argv)") { CommandResult(status: 0) }
    }
}
