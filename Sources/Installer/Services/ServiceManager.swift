// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// The init system, as far as an installation needs it. `SystemdManager` is the real one; tests script another.
package protocol ServiceManager: Sendable {
    /// Reads unit files again.
    func daemonReload() async throws
    /// Starts a unit and waits for its start job: `Type=notify` has then said READY.
    /// - Throws: `UnitError.jobFailed`.
    func start(_ unit: String) async throws
    /// Queues start jobs and returns at once: the only way for something that the units may be ordered after.
    func startNoBlock(_ units: [String]) async throws
    /// Stops a unit and waits, at most `timeout` and a little; then it is killed. A unit that is not loaded is stopped.
    func stop(_ unit: String, timeout: TimeSpan) async throws
    /// A unit that systemd does not know has `load == "not-found"`; that is no error.
    func state(of unit: String) async throws -> UnitState
    /// The last lines of the unit's journal, oldest first; empty when there is no journal.
    func journalTail(_ unit: String, lines: Int) async throws -> [String]
    /// Where the unit's journal ends now: the cursor of its last entry; nil when it has none.
    func journalEnd(of unit: String) async throws -> String?
    /// What the unit's journal has behind a cursor, at most 2,000 entries and 1 MiB of it; nil: from its beginning.
    func journal(of unit: String, after cursor: String?) async throws -> JournalPage
    /// Forgets a failure, so that a start counts from zero.
    func resetFailed(_ unit: String) async throws
    /// Names of loaded units that match a glob, sorted.
    func units(matching pattern: String) async throws -> [String]
    /// Runs a program to its end in a unit of its own: checks of config, exec health, jobs. Never in the installer.
    func run(_ task: TransientTask) async throws -> CommandResult
    /// Links the unit into the boot. Only ever the boot unit.
    func enable(_ unit: String) async throws
}

/// A program that runs to its end in a transient unit, as a user and inside a sandbox.
package struct TransientTask: Codable, Equatable, Sendable {
    package var argv: [String]
    package var user: String?
    package var environment: [String: String]
    /// `Directive=value` lines, as in the service's own unit.
    package var properties: [String]
    /// The unit is killed after this long, and the result is a failure.
    package var timeout: TimeSpan
    /// The transient unit's name; nil for one that systemd makes up.
    package var unit: String?

    package init(
        _ argv: [String], user: String?, environment: [String: String] = [:], properties: [String] = [],
        timeout: TimeSpan = .seconds(30)
    ) {
        self.argv = argv
        self.user = user
        self.environment = environment
        self.properties = properties
        self.timeout = timeout
    }
}
