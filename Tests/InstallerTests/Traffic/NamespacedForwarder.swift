// SPDX-License-Identifier: Apache-2.0
import HostSystem
import Synchronization

@testable import Installer

/// The real forwarder in a network namespace, with sockets of its own, kept by the test instead of systemd.
final class NamespacedForwarder: ForwarderProcess {
    let directory: HostPath
    private let space: String
    private let runner = SystemCommandRunner()
    private let kept = Mutex<[HeldPort]>([])

    init(space: String) throws {
        self.space = space
        directory = try FileSystem.createTemporaryDirectory()
    }

    var routes: HostPath { directory / "forward" / "routes.json" }
    private var socket: HostPath { directory / "control" }

    func control() throws -> HostPath? { kept.withLock { $0.isEmpty } ? nil : socket }

    func draining() throws -> [HostPath] { [] }
    func isStarted() async throws -> Bool { try control() != nil }
    func isWhole() async throws -> Bool { true }

    func keep(_ ports: [HeldPort]) async throws {
        if kept.withLock({ $0 == ports }), isThere { return }
        try await stop()
        kept.withLock { $0 = ports }
        guard !ports.isEmpty else { return }
        let listens = ports.flatMap { port in port.listens.map { "'\(port.port)=\($0)'" } }.joined(separator: " ")
        let line =
            "setsid ip netns exec \(space) \(NamespacePair.rig()) forward \(socket) \(routes) \(listens) "
            + ">\(directory)/log 2>&1 </dev/null &"
        _ = try await runner.run(Command(["sh", "-c", line]))
        for _ in 0..<400 where !isThere { try await Task.sleep(nanoseconds: 25_000_000) }
        guard isThere else { throw TrafficError.proxyRefused("it did not start") }
    }

    private var isThere: Bool { (try? ForwarderControl(at: socket).ask(.show)) != nil }

    private func stop() async throws {
        let line =
            "for p in $(ip netns pids \(space)); do tr '\\0' ' ' </proc/$p/cmdline | grep -q \(socket) && kill -9 $p; done"
        _ = try await runner.run(Command(["sh", "-c", line]))
        for _ in 0..<400 where isThere { try await Task.sleep(nanoseconds: 25_000_000) }
    }

    func remove() async throws {
        try await stop()
        kept.withLock { $0 = [] }
        try FileSystem.removeTree(directory)
    }
}
