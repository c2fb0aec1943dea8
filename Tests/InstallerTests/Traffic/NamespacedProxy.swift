// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

@testable import Installer

/// The real HAProxy in a network namespace, kept by the test instead of systemd.
final class NamespacedProxy: ProxyProcess {
    static let isPossible = NamespacePair.isPossible && SystemCommandRunner.locate("haproxy") != nil

    let directory: HostPath
    private let space: String
    private let runner: SystemCommandRunner = SystemCommandRunner()

    init(space: String) throws {
        self.space = space
        directory = try FileSystem.createTemporaryDirectory()
    }

    var socket: HostPath { directory / "master" }
    var config: HostPath { directory / "config" }

    /// `setsid` and a shell in the background: the command ends, the proxy goes on.
    func start() async throws {
        let line =
            "setsid ip netns exec \(space) haproxy -W -f \(HAProxyText.config(in: config)) -S \(socket) "
            + ">\(directory)/log 2>&1 </dev/null &"
        _ = try await runner.run(Command(["sh", "-c", line]))
        for _ in 0..<100 where try await master() == nil { try await Task.sleep(nanoseconds: 50_000_000) }
    }

    func remove() async throws {
        guard try FileSystem.exists(socket) else { return }
        try await kill("TERM")
        for _ in 0..<100 where try await master() != nil { try await Task.sleep(nanoseconds: 50_000_000) }
        try FileSystem.removeTree(directory)
    }

    private func master() async throws -> Int? {
        guard let answer = try? ControlSocket.ask(socket, "show proc\n") else { return nil }
        return HAProxyAnswers.processes(String(decoding: answer, as: UTF8.self)).master
    }

    private func kill(_ signal: String) async throws {
        guard let process = try await master() else { return }
        _ = try await runner.run(Command(["kill", "-\(signal)", "\(process)"]))
    }
}
