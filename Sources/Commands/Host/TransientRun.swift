// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostRecords
import HostSystem

/// The work of an installation runs in a transient unit of its own; this process becomes one of those that follow it. A
/// terminal that goes away takes nothing with it, and whoever kills the work, `ExecStopPost` recovers at once: the old
/// release must not wait for a person (promise 3).
enum TransientRun {
    /// Set inside of the unit; its value is the login uid, which a unit does not inherit.
    private static let marker = "BUNDLE_UNIT_FOR"
    /// The log that followers read.
    private static let logVariable = "BUNDLE_RUN_LOG"
    /// The process at whose terminal questions are asked.
    private static let askerVariable = "BUNDLE_RUN_ASKER"

    static var isInside: Bool { getenv(marker) != nil }

    /// Whether this is the recovery behind a run (systemd.exec(5), `$SERVICE_RESULT`).
    static var isBehindRun: Bool { isInside && getenv("SERVICE_RESULT") != nil }

    /// Who asked for it, before the unit.
    static var loginUser: UInt32? { getenv(marker).flatMap { UInt32(String(cString: $0)) } }

    /// Inside of a unit: where everything that is said goes, too.
    static let log: RunLog? = getenv(logVariable).flatMap { try? RunLog(HostPath(String(cString: $0))) }

    /// Inside of a unit: whether it was begun at a terminal. One that is gone since answers no; it never counts as none,
    /// for then nobody would be asked.
    static var asks: Bool { getenv(askerVariable).map { $0.pointee != 0 } ?? false }

    /// Inside of a unit: whom to ask; nil when there is no terminal, or none any more.
    static var asker: Int32? {
        guard let process = getenv(askerVariable).flatMap({ Int32(String(cString: $0)) }), kill(process, 0) == 0 else {
            return nil
        }
        return process
    }

    /// Moves the work into a unit and follows it to its end; returns where there is no systemd, or when it is inside
    /// already.
    /// - Throws: `ExitStatus`, or the status that the work ended with; `HostVerbError.noUnit`.
    static func enter(verb: String) async throws {
        signal(SIGPIPE, SIG_IGN)
        if isInside { StopSignals.shared.listen(Console()) }
        guard !isInside, geteuid() == 0, try FileSystem.exists("/run/systemd/system"),
            SystemCommandRunner.locate("systemd-run") != nil
        else { return }
        let arguments = Array(CommandLine.arguments.dropFirst())
        let login = HostFacts.gather().loginUser
        let unit = "bundle-\(verb)-\(ProcessFacts.id)"
        let log = try RunLog.create(
            RunBeginning(verb: verb, unit: unit, started: SystemClock().wallSeconds(), loginUser: login),
            in: HostLayout.runs())
        let argv = command(
            verb, unit: unit, program: try FileSystem.resolve("/proc/self/exe").text,
            directory: try FileSystem.resolve(".").text, log: log.path.text, login: login.map(String.init) ?? "",
            asker: Console.hasTerminal ? "\(ProcessFacts.id)" : "", arguments: arguments)
        let started = try await SystemCommandRunner().run(Command(argv, timeoutSeconds: 60))
        guard started.status == 0 else { throw HostVerbError.noUnit(started.errorText) }
        let status = try await RunFollower(
            log: log.path, unit: unit, console: Console(json: arguments.contains("--json")), isOwner: true
        ).follow()
        throw RunEnded(status: status)
    }

    /// systemd-run(1). A stop asks the work itself and nobody else (systemd.kill(5)): what it has begun to undo with, a program
    /// that stops the idle slot, must not be ended with it.
    static func command(
        _ verb: String, unit: String, program: String, directory: String, log: String, login: String, asker: String,
        arguments: [String]
    ) -> [String] {
        [
            "systemd-run", "--quiet", "--collect", "--service-type=exec", "--unit=\(unit)",
            "--description=bundle \(verb)", "--working-directory=\(directory)", "--setenv=\(marker)=\(login)",
            "--setenv=\(logVariable)=\(log)", "--setenv=\(askerVariable)=\(asker)",
            "--property=ExecStopPost=-/usr/lib/bundle/bundle recover --if-needed", "--property=TimeoutStopSec=10min",
            "--property=KillMode=mixed",
            "--", program,
        ] + arguments
    }
}

/// The work ended in its unit, and everything has been said.
struct RunEnded: Error {
    let status: Int32
}
