// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// systemd through its own tools, which keep their promises over versions better than its bus does.
package struct SystemdManager: ServiceManager {
    private let runner: any CommandRunner
    /// Longer than any start timeout that `lint` lets pass: systemd, not we, gives up first.
    private let jobTimeoutSeconds = 3600

    package init(runner: any CommandRunner) { self.runner = runner }

    package func daemonReload() async throws { try await systemctl("daemon-reload", []) }

    package func start(_ unit: String) async throws { try await systemctl("start", [unit]) }

    package func startNoBlock(_ units: [String]) async throws {
        guard !units.isEmpty else { return }
        try await systemctl("start", ["--no-block"] + units)
    }

    package func stop(_ unit: String, timeout: TimeSpan) async throws {
        // TimeoutStopSec ends with SIGKILL by itself; the margin is for the manager, the kill for a unit that changed.
        let seconds = (timeout.milliseconds + 999) / 1000 + 15
        let command = Command(["systemctl", "stop", "--", unit], timeoutSeconds: seconds)
        do {
            let result = try await runner.run(command)
            if result.status == 0 || isNotLoaded(result) { return }
            throw UnitError.jobFailed(verb: "stop", unit: unit, status: result.status, message: said(result))
        } catch CommandError.timedOut {
            _ = try await runner.run(Command(["systemctl", "kill", "--signal=SIGKILL", "--", unit]))
            try await systemctl("stop", [unit])
        }
    }

    package func state(of unit: String) async throws -> UnitState {
        let properties = UnitState.properties.joined(separator: ",")
        let result = try await runner.run(Command(["systemctl", "show", "--property=\(properties)", "--", unit]))
        guard result.status == 0 else {
            throw UnitError.jobFailed(verb: "show", unit: unit, status: result.status, message: said(result))
        }
        return try UnitState(showOutput: result.outputText, unit: unit)
    }

    /// Of this run of the unit: the lines of an earlier release in the same slot would mislead. A unit that is started
    /// again and again is between two runs at times; then all it has said is shown.
    package func journalTail(_ unit: String, lines: Int) async throws -> [String] {
        let state = try? await state(of: unit)
        // The journal reads what a process has said a little later.
        _ = try? await runner.run(Command(["journalctl", "--sync"], timeoutSeconds: 10))
        var which = ["--unit=\(unit)"]
        if let state, !state.invocation.isEmpty {
            which = ["_SYSTEMD_INVOCATION_ID=\(state.invocation)", "+", "INVOCATION_ID=\(state.invocation)"]
            // Lines that it reads only when the process and its invocation are gone have neither.
            if state.lastPID > 0 { which += ["+", "_SYSTEMD_UNIT=\(unit)", "_PID=\(state.lastPID)"] }
        }
        let argv = ["journalctl", "--quiet", "--no-pager", "--output=cat", "--lines=\(lines)"] + which
        let result = try await runner.run(Command(argv, timeoutSeconds: 20))
        return result.outputText.split(separator: "\n").map(String.init).suffix(lines).map { $0 }
    }

    package func journalEnd(of unit: String) async throws -> String? {
        try await journal(of: unit, after: nil, lines: 1).cursor
    }

    package func journal(of unit: String, after cursor: String?) async throws -> JournalPage {
        try await journal(of: unit, after: cursor, lines: 2000)
    }

    private func journal(of unit: String, after cursor: String?, lines: Int) async throws -> JournalPage {
        var argv = ["journalctl", "--quiet", "--no-pager", "--output=json", "--output-fields=MESSAGE"]
        argv += ["--lines=\(lines)", "--unit=\(unit)"]
        if let cursor { argv.append("--after-cursor=\(cursor)") }
        let result = try await runner.run(Command(argv, timeoutSeconds: 20))
        guard result.status == 0 else {
            throw UnitError.jobFailed(verb: "journal", unit: unit, status: result.status, message: said(result))
        }
        return JournalPage(json: result.output, after: cursor)
    }

    package func resetFailed(_ unit: String) async throws {
        let result = try await runner.run(Command(["systemctl", "reset-failed", "--", unit]))
        // A unit that systemd has let go of has no failure to forget; it answers with the same status as to a real fault.
        if result.status == 0 { return }
        guard try await !state(of: unit).isFailed else {
            throw UnitError.jobFailed(verb: "reset-failed", unit: unit, status: result.status, message: said(result))
        }
    }

    package func units(matching pattern: String) async throws -> [String] {
        let argv = ["systemctl", "list-units", "--all", "--plain", "--no-legend", "--full", "--", pattern]
        let result = try await runner.run(Command(argv))
        return result.outputText.split(separator: "\n").compactMap { $0.split(separator: " ").first.map(String.init) }
            .sorted()
    }

    package func enable(_ unit: String) async throws { try await systemctl("enable", [unit]) }

    package func run(_ task: TransientTask) async throws -> CommandResult {
        try await runner.run(SystemdManager.command(for: task))
    }

    /// systemd-run(1): `--pipe --wait` brings the output and the status back, `--collect` leaves no failed unit behind.
    static func command(for task: TransientTask) -> Command {
        var argv = ["systemd-run", "--quiet", "--wait", "--pipe", "--collect", "--service-type=exec"]
        if let unit = task.unit { argv.append("--unit=\(unit)") }
        if let user = task.user { argv += ["--property=User=\(user)", "--property=Group=\(user)"] }
        let seconds = (task.timeout.milliseconds + 999) / 1000
        argv += ["--property=RuntimeMaxSec=\(seconds)s", "--property=TimeoutStopSec=5s"]
        argv += task.properties.map { "--property=\($0)" }
        argv += task.environment.sorted { $0.key < $1.key }.map { "--setenv=\($0.key)=\($0.value)" }
        // The manager expands `$` in what systemd-run hands over, whatever its version; `$$` is a dollar.
        let escaped = task.argv.map {
            $0.split(separator: "$", omittingEmptySubsequences: false).joined(separator: "$$")
        }
        return Command(argv + ["--"] + escaped, timeoutSeconds: seconds + 20)
    }

    private func systemctl(_ verb: String, _ arguments: [String]) async throws {
        let options = arguments.filter { $0.hasPrefix("--") }
        let units = arguments.filter { !$0.hasPrefix("--") }
        let argv = ["systemctl", verb] + options + (units.isEmpty ? [] : ["--"] + units)
        let result = try await runner.run(Command(argv, timeoutSeconds: jobTimeoutSeconds))
        guard result.status == 0 else {
            let names = units.joined(separator: " ")
            throw UnitError.jobFailed(verb: verb, unit: names, status: result.status, message: said(result))
        }
    }

    private func said(_ result: CommandResult) -> String {
        String(result.errorText.split(separator: "\n").joined(separator: "; ").prefix(500))
    }

    /// systemctl(1), exit status 5: no such unit is loaded.
    private func isNotLoaded(_ result: CommandResult) -> Bool { result.status == 5 }
}
