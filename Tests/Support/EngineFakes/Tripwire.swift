// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Events
import HostSystem
import Synchronization

@testable import Installer

/// Every call of the engine into a fake goes over it, before and after the effect: there a test looks at the host as a
/// power cut would leave it, or lets the call fail.
final class Tripwire: Sendable {
    struct Broken: Error {}

    enum Moment: Equatable, Sendable {
        /// The host is about to be changed or asked; it may fail there.
        case fallible(String)
        /// Something of ours happened: a look is possible, a failure is not.
        case passing
    }

    /// A closure that lies in a generic value by itself is wrapped anew each time it is read there, until the stack ends.
    private struct Watcher {
        var look: (@Sendable (Moment) throws -> Void)?
    }

    private let watcher = Mutex(Watcher())

    func watch(_ body: (@Sendable (Moment) throws -> Void)?) { watcher.withLock { $0.look = body } }

    func pass(_ moment: Moment) throws { try watcher.withLock { $0.look }?(moment) }

    func around<Result>(_ call: String, _ body: () async throws -> Result) async throws -> Result {
        try pass(.fallible(call))
        let result = try await body()
        try pass(.fallible("after \(call)"))
        return result
    }
}

/// Time that passes only when somebody sleeps; each line of a journal asks for it first.
struct EngineClock: HostClock {
    let clock = TestClock()
    let wire: Tripwire

    func wallSeconds() -> Int64 {
        try? wire.pass(.passing)
        return clock.wallSeconds()
    }

    func monotonicMilliseconds() -> Int64 { clock.monotonicMilliseconds() }
    func sleep(milliseconds: Int) async throws { try await clock.sleep(milliseconds: milliseconds) }
}

struct EngineEvents: EventSink {
    let wire: Tripwire
    func receive(_ event: Event) { try? wire.pass(.passing) }
}

/// Accounts and images.
final class EngineRunner: CommandRunner {
    /// Names of the images that are held, by ID.
    private let held = Mutex<[String: Set<String>]>([:])
    /// Programs that end with 1 and an excuse.
    private let failing = Mutex<Set<String>>([])
    private let root: HostPath
    private let wire: Tripwire

    init(root: HostPath, wire: Tripwire) {
        self.root = root
        self.wire = wire
    }

    var images: [String: Set<String>] {
        get { held.withLock { $0 } }
        set { held.withLock { $0 = newValue } }
    }

    func fail(_ program: String) { failing.withLock { _ = $0.insert(program) } }

    func run(_ command: Command) async throws -> CommandResult {
        let words = command.argv
        if failing.withLock({ $0.contains(words[0]) }) {
            return CommandResult(status: 1, errors: Array("Failed to connect to bus: No such file\nsecond\n".utf8))
        }
        switch (words[0], words.dropFirst().first ?? "") {
        case ("podman", "info"): return CommandResult(status: 0, output: Array("4.3.1\n/var/lib/containers\n".utf8))
        case ("podman", "image"):
            return try await wire.around(words.joined(separator: " ")) { self.image(words) }
        case ("podman", "pull"):
            // The name says which of the release's images; its manifest, asked for as podman asks, which bytes.
            return try await wire.around("podman pull") {
                guard let id = try await LoopbackPull.config(of: words.last ?? "") else {
                    return CommandResult(status: 125)
                }
                _ = self.held.withLock { $0[id.hex, default: []].insert(words.last ?? "") }
                return CommandResult(status: 0, output: Array("\(id.hex)\n".utf8))
            }
        case ("podman", "tag"), ("podman", "untag"):
            return try await wire.around(words[1]) {
                self.held.withLock { held in
                    if words[1] == "tag" { held[words[2]]?.insert(words[3]) } else { held[words[2]]?.remove(words[3]) }
                }
                return CommandResult(status: 0)
            }
        case ("systemd-sysusers", _):
            return try await wire.around(words[0]) {
                try self.write(account: "_lake:x:990:990::/:/usr/sbin/nologin\n")
                return CommandResult(status: 0)
            }
        case ("userdel", _):
            // That an account cannot be taken away stops no undo: it owns nothing by then.
            try wire.pass(.passing)
            try write(account: "")
            try wire.pass(.passing)
            return CommandResult(status: 0)
        default: return CommandResult(status: 0)
        }
    }

    func run(_ command: Command, streaming input: @escaping @Sendable (any ByteSink) throws -> Void) async throws
        -> CommandResult
    { CommandResult(status: 1) }

    private func image(_ words: [String]) -> CommandResult {
        let last = words.last ?? ""
        switch words[2] {
        case "exists": return CommandResult(status: images[last] == nil ? 1 : 0)
        case "inspect":
            guard let names = images[last] else { return CommandResult(status: 125) }
            return CommandResult(status: 0, output: Array("\(names.count)\n".utf8))
        case "ls":
            let names = images.values.flatMap(\.self).sorted()
            return CommandResult(status: 0, output: Array(names.map { $0 + "\n" }.joined().utf8))
        default:
            // Of the last name the image goes with it; by its ID it goes when it has none.
            return held.withLock { held in
                guard let id = held.first(where: { $0.key == last || $0.value.contains(last) })?.key else {
                    return CommandResult(status: 1)
                }
                held[id]?.remove(last)
                if held[id]?.isEmpty == true { held[id] = nil }
                return CommandResult(status: 0)
            }
        }
    }

    private func write(account: String) throws {
        let path = root / "etc/passwd"
        try FileSystem.write(Array("root:x:0:0::/:/bin/sh\n\(account)".utf8), to: path)
    }
}

/// Load of which everything is served.
struct EngineClient: RehearsalClient {
    func connect(to endpoint: Endpoint, request: [UInt8]?, milliseconds: Int) async -> RehearsalAnswer {
        // Real time, or the workers would leave the machine to nobody else.
        try? await Task.sleep(nanoseconds: 500_000)
        return .served
    }
}

/// The kernel's rules, which a boot takes away.
final class EngineSwitch: PreviewingSwitch, RehearsingSwitch {
    private let state = Mutex<TrafficState?>(nil)
    private let wire: Tripwire
    /// The one for rehearsals; it has none of its own.
    private let sibling: EngineSwitch?

    init(wire: Tripwire, isSibling: Bool = false) {
        self.wire = wire
        sibling = isSibling ? nil : EngineSwitch(wire: wire, isSibling: true)
    }

    var rehearsal: any TrafficSwitch { sibling ?? self }
    /// What a rehearsal left; nil when nothing.
    var rehearsalMoment: TrafficState? {
        get { sibling?.moment }
        set { sibling?.moment = newValue }
    }

    var moment: TrafficState? {
        get { state.withLock { $0 } }
        set { state.withLock { $0 = newValue } }
    }

    func ensure() async throws -> Bool {
        try await wire.around("ensure") { self.state.withLock { if $0 == nil { $0 = TrafficState() } } }
        return true
    }

    func flip(to table: TrafficTable) async throws {
        try await change("flip") { state in
            state.lead(by: table)
            state.idle = IdleTraffic()
        }
    }

    func hold(_ held: HeldPorts, for span: TimeSpan) async throws {
        try await change("hold") { $0.hold(held) }
    }

    func release(_ held: HeldPorts) async throws {
        try await change("release") { $0.release(held) }
    }

    func preview(_ table: TrafficTable, from networks: [ClientNetwork]) async throws {
        try await change("preview") { $0.idle.networks = Set(networks.map(\.description)) }
    }

    func canary(_ table: TrafficTable, share: Int, for span: TimeSpan) async throws {
        try await change("canary") {
            $0.idle.share = share
            $0.idle.canaryPorts = Set(table.entries.map(\.port))
        }
    }

    func endCanary() async throws { try await change("end canary") { $0.idle.canaryPorts = [] } }

    func current() async throws -> TrafficState? { try await wire.around("current") { self.moment } }
    func remove() async throws { try await wire.around("remove") { self.moment = nil } }

    private func change(_ call: String, _ body: (inout TrafficState) -> Void) async throws {
        try await wire.around(call) {
            guard var changed = self.moment else { throw TrafficError.refused(status: 1, message: "no table") }
            body(&changed)
            self.moment = changed
        }
    }
}
