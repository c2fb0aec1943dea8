// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostRecords
package import HostSystem

/// Where a product stands on this host: what its record says, and what the machine really does. Only looks.
package struct HostStatus: Equatable, Sendable {
    /// A unit that the record says should run.
    package struct Unit: Equatable, Sendable {
        package var name: String
        /// nil for a service that runs once.
        package var slot: Slot?
        /// Of the release before: it may have stopped.
        package var isFormer: Bool
        package var state: UnitState
    }

    /// A stable port of the record.
    package struct Port: Equatable, Sendable {
        package var entry: TrafficEntry
        /// Whether the kernel sends it where the record says.
        package var isInForce: Bool
        /// What it answers clients, by family; empty for a port that is not public or was not asked.
        package var outside: [OutsideAnswer] = []
    }

    package var record: StateRecord
    package var units: [Unit]
    package var ports: [Port]
    /// Whether every rule of ours is in place, whatever it says.
    package var rulesAreWhole: Bool
    /// Ports that the kernel redirects and the record does not know.
    package var strayPorts: [Int]
    /// What `current` points to; nil when it is not there.
    package var current: String?
    /// The firewall that turns clients away from ports, if there is one.
    package var block: FirewallBlock?
    /// An operation that has not ended: one that runs now, or one that died.
    package var open: JournalRecord?
    /// Who is led to the idle slot before the cutover, as the kernel does it.
    package var idle: IdleTraffic
    /// Why the last canary ended by itself.
    package var canaryEnd: String?
    /// Releases that wait on disk for their window.
    package var staged: [StagedRelease] = []
    /// Who holds the host's lock; nil when nobody does.
    package var holder: LockHolder?

    /// Who is still connected to the slot that was left, while it drains.
    package var draining: [Draining] = []

    /// Open connections to one service of the slot that was left.
    package struct Draining: Equatable, Sendable {
        package var service: String
        /// `ADDRESS:PORT` of the clients.
        package var peers: [String]
        /// Each connection is at least this old: so long ago was the cutover.
        package var leastSeconds: Int64
    }

    /// What the site's files say otherwise than what runs.
    package var edits: [SettingChange] = []

    /// What is to be said of the certificates of the release that serves.
    package var certificates: [CertificateReport] = []
    /// The time they were judged by; nil without certificates.
    package var time: BelievableTime?

    /// What should be known and is no difference from the record.
    package var warnings: [PlanWarning] { CertificateReport.warnings(certificates, time: time) }

    /// What does not agree with the record; empty when intent and reality are one.
    package var differences: [Difference] {
        var found: [Difference] = []
        guard let active = record.active else { return found }
        for unit in units where !unit.isFormer && !unit.state.isActive {
            found.append(.unitNotActive(unit.name, unit.state.active))
        }
        if !rulesAreWhole { found.append(.rulesMissing) }
        found += ports.filter { !$0.isInForce }.map { .portElsewhere($0.entry.number) }
        if open == nil, block?.isCertain ?? true {
            // A port that does not lead where it should is told once.
            let lost = ports.filter { port in port.isInForce && port.outside.contains { $0.answer != .connected } }
            let opening = block?.opening(lost.map(\.entry.outsidePort))
            found += lost.map { .lostFromOutside($0.entry.number, place: block?.place, opening: opening) }
        }
        found += strayPorts.map { .strayPort($0) }
        if current.map({ HostPath($0).name }) != active.directory { found.append(.currentElsewhere(current)) }
        return found
    }

    /// One way in which the host is not what its record says.
    package enum Difference: Equatable, Sendable {
        case unitNotActive(String, String)
        /// A flushed or reloaded firewall took rules of ours away.
        case rulesMissing
        case portElsewhere(Int)
        /// The kernel sends it on as it should, and clients do not get through.
        case lostFromOutside(Int, place: String?, opening: String?)
        case strayPort(Int)
        case currentElsewhere(String?)
    }
}
