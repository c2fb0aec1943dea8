// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Synchronization
import Testing

@testable import Installer

@Suite struct SystemdManagerTests {
    /// Answers what it was given, in order, and remembers what it was asked.
    private final class RecordingRunner: CommandRunner {
        private let results: Mutex<[Result<CommandResult, CommandError>]>
        private let commands = Mutex<[[String]]>([])

        init(_ results: [Result<CommandResult, CommandError>]) { self.results = Mutex(results) }

        var asked: [String] { commands.withLock { $0.map { $0.joined(separator: " ") } } }

        func run(_ command: Command) async throws -> CommandResult {
            commands.withLock { $0.append(command.argv) }
            return try results.withLock { $0.isEmpty ? .success(CommandResult(status: 0)) : $0.removeFirst() }.get()
        }

        func run(_ command: Command, streaming input: @escaping @Sendable (any ByteSink) throws -> Void) async throws
            -> CommandResult
        {
            try await run(command)
        }
    }

    private func said(_ status: Int, _ text: String) -> Result<CommandResult, CommandError> {
        .success(CommandResult(status: status, output: Array(text.utf8), errors: Array(text.utf8)))
    }

    @Test func eachVerbIsOneCommand() async throws {
        let runner = RecordingRunner([])
        let manager = SystemdManager(runner: runner)
        try await manager.daemonReload()
        try await manager.start("a.service")
        try await manager.startNoBlock(["a.target", "b.target"])
        try await manager.startNoBlock([])
        try await manager.stop("a.service", timeout: .seconds(30))
        try await manager.resetFailed("a.service")
        try await manager.enable(BootUnit.name)
        #expect(
            runner.asked == [
                "systemctl daemon-reload", "systemctl start -- a.service",
                "systemctl start --no-block -- a.target b.target", "systemctl stop -- a.service",
                "systemctl reset-failed -- a.service", "systemctl enable -- bundle-boot.service",
            ])
    }

    /// The lines of an earlier release in the same slot would tell the wrong story.
    @Test(arguments: [
        ("0a1b", "_SYSTEMD_INVOCATION_ID=0a1b + INVOCATION_ID=0a1b + _SYSTEMD_UNIT=a.service _PID=7"),
        ("", "--unit=a.service"),
    ])
    func theTailOfTheJournalIsOfThisRun(_ invocation: String, _ wanted: String) async throws {
        let state = "LoadState=loaded\nActiveState=failed\nSubState=failed\nExecMainPID=7\nInvocationID=\(invocation)\n"
        let runner = RecordingRunner([said(0, state), said(0, ""), said(0, "one\ntwo\n")])
        #expect(try await SystemdManager(runner: runner).journalTail("a.service", lines: 5) == ["one", "two"])
        #expect(runner.asked.last == "journalctl --quiet --no-pager --output=cat --lines=5 \(wanted)")
    }

    @Test func aJobThatFailsSaysWhy() async throws {
        let runner = RecordingRunner([said(1, "Job for a.service failed.\nSee more.\n")])
        await #expect(
            throws: UnitError.jobFailed(
                verb: "start", unit: "a.service", status: 1, message: "Job for a.service failed.; See more.")
        ) {
            try await SystemdManager(runner: runner).start("a.service")
        }
    }

    @Test func whatIsNotThereIsStopped() async throws {
        try await SystemdManager(runner: RecordingRunner([said(5, "not loaded")])).stop("a", timeout: .seconds(1))
        await #expect(throws: UnitError.self) {
            try await SystemdManager(runner: RecordingRunner([said(1, "no")])).stop("a", timeout: .seconds(1))
        }
    }

    @Test func aStopThatHangsEndsInAKill() async throws {
        let runner = RecordingRunner([.failure(.timedOut(program: "systemctl", seconds: 16))])
        try await SystemdManager(runner: runner).stop("a.service", timeout: .seconds(1))
        #expect(
            runner.asked.dropFirst() == ["systemctl kill --signal=SIGKILL -- a.service", "systemctl stop -- a.service"])
    }

    @Test func aStateIsReadFromWhatSystemdShows() async throws {
        let text = """
            LoadState=loaded
            ActiveState=failed
            SubState=failed
            Result=exit-code
            NRestarts=2
            MainPID=0
            ExecMainStatus=78
            InvocationID=3728
            ActiveEnterTimestampMonotonic=4154170760
            """
        let state = try await SystemdManager(runner: RecordingRunner([said(0, text)])).state(of: "a.service")
        let expected = UnitState(
            active: "failed", sub: "failed", result: "exit-code", restarts: 2, mainStatus: 78, invocation: "3728",
            activeSince: 4_154_170_760)
        #expect(state == expected)
        #expect(state.isFailed)
        await #expect(throws: UnitError.unreadable(unit: "a.service", property: "ActiveState")) {
            _ = try await SystemdManager(runner: RecordingRunner([said(0, "LoadState=loaded")])).state(of: "a.service")
        }
    }

    @Test func aTaskRunsAsItsUserInItsSandbox() throws {
        let unit = SlotUnit(service: Samples.gateway(), context: try Samples.gatewayContext())
        var task = try unit.transientTask()
        task.argv += ["/bin/ready", "$HOME"]
        let argv = SystemdManager.command(for: task).argv
        #expect(argv.starts(with: ["systemd-run", "--quiet", "--wait", "--pipe", "--collect", "--service-type=exec"]))
        for option in [
            "--property=User=_pagi", "--property=NoNewPrivileges=yes", "--property=RuntimeMaxSec=30s",
            "--property=LoadCredential=tls.key:/etc/pagi/secrets/tls.key", "--setenv=RUST_LOG=info",
        ] { #expect(argv.contains(option)) }
        // The manager takes `$$` for a dollar, so that the script's and the argument's arrive.
        #expect(argv.suffix(3) == ["sh", "/bin/ready", "$$HOME"])
        #expect(argv.contains { $0.contains("$$CREDENTIALS_DIRECTORY/API_KEY") })
    }
}
