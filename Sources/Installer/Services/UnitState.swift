// SPDX-License-Identifier: Apache-2.0

/// What systemd says of a unit at one moment (systemd.unit(5), org.freedesktop.systemd1(5)).
package struct UnitState: Equatable, Sendable {
    /// `loaded`, `not-found`, `bad-setting`, …
    package var load: String
    /// `active`, `activating`, `deactivating`, `inactive`, `failed`.
    package var active: String
    /// `running`, `dead`, `auto-restart`, `exited`, …
    package var sub: String
    /// Why it last ended: `success`, `exit-code`, `signal`, `timeout`, `oom-kill`, …
    package var result: String
    /// Automatic restarts since it was started.
    package var restarts: Int
    package var mainPID: Int
    /// Exit status or signal number of the main process.
    package var mainStatus: Int
    /// Of the main process, also when it has ended.
    package var lastPID = 0
    /// One per start, so that a restart that nobody counted is still seen.
    package var invocation: String
    /// Microseconds of CLOCK_MONOTONIC when it became active; 0 when it never did.
    package var activeSince: Int64

    package init(
        load: String = "loaded", active: String, sub: String = "", result: String = "success", restarts: Int = 0,
        mainPID: Int = 0, mainStatus: Int = 0, invocation: String = "", activeSince: Int64 = 0
    ) {
        self.load = load
        self.active = active
        self.sub = sub
        self.result = result
        self.restarts = restarts
        self.mainPID = mainPID
        self.mainStatus = mainStatus
        self.invocation = invocation
        self.activeSince = activeSince
    }

    package var isActive: Bool { active == "active" }
    package var isRunning: Bool { active == "active" && sub == "running" }
    package var isFailed: Bool { active == "failed" || load == "bad-setting" || load == "error" }

    static let properties = [
        "LoadState", "ActiveState", "SubState", "Result", "NRestarts", "MainPID", "ExecMainPID", "ExecMainStatus",
        "InvocationID", "ActiveEnterTimestampMonotonic",
    ]

    /// Reads the `NAME=value` lines of `systemctl show`.
    /// - Throws: `UnitError.unreadable` when a state is missing; numbers that a kind of unit does not have are 0.
    init(showOutput text: String, unit: String) throws(UnitError) {
        var fields: [Substring: String] = [:]
        for line in text.split(separator: "\n") {
            guard let equals = line.firstIndex(of: "=") else { continue }
            fields[line[..<equals]] = String(line[line.index(after: equals)...])
        }
        for property in ["LoadState", "ActiveState", "SubState"] where fields[Substring(property)] == nil {
            throw .unreadable(unit: unit, property: property)
        }
        let number = { (name: Substring) in fields[name].flatMap { Int64($0) } ?? 0 }
        self.init(
            load: fields["LoadState"] ?? "", active: fields["ActiveState"] ?? "", sub: fields["SubState"] ?? "",
            result: fields["Result"] ?? "success", restarts: Int(number("NRestarts")), mainPID: Int(number("MainPID")),
            mainStatus: Int(number("ExecMainStatus")), invocation: fields["InvocationID"] ?? "",
            activeSince: number("ActiveEnterTimestampMonotonic"))
        lastPID = Int(number("ExecMainPID"))
    }
}
