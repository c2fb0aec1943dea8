// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import HostSystem

/// Two network namespaces on one wire: a host with slots on it, and a client. Gone with the last reference.
final class NamespacePair: Sendable {
    static let isPossible =
        getuid() == 0 && SystemCommandRunner.locate("nft") != nil && SystemCommandRunner.locate("ip") != nil

    let host: String
    let client: String
    private let runner = SystemCommandRunner()

    init(_ name: String) async throws {
        let own = "bt\(getpid())\(name)"
        host = own + "h"
        client = own + "c"
        try await ip("netns add \(host)")
        try await ip("netns add \(client)")
        try await ip("link add wire netns \(host) type veth peer name wire netns \(client)")
        for (space, number) in [(host, 1), (client, 2)] {
            try await ip("-n \(space) link set lo up")
            try await ip("-n \(space) address add 10.99.0.\(number)/24 dev wire")
            try await ip("-n \(space) address add fd99::\(number)/64 dev wire nodad")
            try await ip("-n \(space) link set wire up")
        }
        // The attack that the guard is for: a neighbour with a hand-made route to the slots.
        try await ip("-n \(client) route add 169.254.77.0/24 via 10.99.0.1")
        try await ip("-n \(client) route add fd77::/112 via fd99::1")
    }

    func takeDown() async throws {
        try await ip("netns delete \(host)")
        try await ip("netns delete \(client)")
    }

    private func ip(_ words: String) async throws {
        let result = try await runner.run(Command(["ip"] + words.split(separator: " ").map(String.init)))
        guard result.status == 0 else { throw CommandError.notStarted(program: words + result.errorText, code: 0) }
    }

    /// The rig beside the test bundle.
    static func rig() -> String {
        let own = HostPath((try? FileSystem.readLink("/proc/self/exe")) ?? "")
        let besides = own.parent / "FlipRig"
        return FileSystem.isExecutable(besides) ? besides.text : ".build/debug/FlipRig"
    }

    /// What each place answered, without the place: `blue`, `refused`, `timeout`.
    func connect(from space: String, seconds: Int = 2, _ places: String...) async throws -> [String] {
        let command = Command([NamespacePair.rig(), "connect", "\(seconds)"] + places)
        let result = try await Namespaced(space: space).run(command)
        return result.outputText.split(separator: "\n").map { String($0.split(separator: " ").last ?? "") }
    }

    /// What our own health probe gets from a place, from the host itself.
    func probe(_ place: String) async throws -> String {
        let result = try await Namespaced(space: host).run(Command([NamespacePair.rig(), "probe", place]))
        return result.outputText.split(separator: " ").last.map { $0.filter { $0 != "\n" } } ?? ""
    }

    /// Serves until the task is cancelled.
    func serving(_ places: [String], _ body: () async throws -> Void) async throws {
        let command = Command([NamespacePair.rig(), "serve"] + places, timeoutSeconds: 60)
        let runner = Namespaced(space: host)
        let server = Task { try await runner.run(command) }
        defer { server.cancel() }
        for _ in 0..<100 where try await connect(from: host, placesText(places)).contains("refused") {
            try await Task.sleep(nanoseconds: 50_000_000)
        }
        try await body()
    }

    private func placesText(_ places: [String]) -> String {
        places[places.count - 1].split(separator: "/").prefix(2).joined(separator: "/")
    }
}

/// Runs commands in a network namespace.
struct Namespaced: CommandRunner {
    let space: String
    private let runner = SystemCommandRunner()

    init(space: String) { self.space = space }

    func run(_ command: Command) async throws -> CommandResult { try await runner.run(inside(command)) }

    func run(_ command: Command, streaming input: @escaping @Sendable (any ByteSink) throws -> Void) async throws
        -> CommandResult
    {
        try await runner.run(inside(command), streaming: input)
    }

    private func inside(_ command: Command) -> Command {
        var command = command
        command.argv = ["ip", "netns", "exec", space] + command.argv
        return command
    }
}
