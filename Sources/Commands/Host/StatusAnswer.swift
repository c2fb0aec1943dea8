// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Installer
import Trust

/// What `status` says of one product, for people and for programs.
struct StatusAnswer {
    let status: HostStatus

    /// Who signed what serves; nil where nothing does.
    let signers: StatusTrust.Signers?
    /// Whether something is wrong that concerns no product alone.
    private let hostIsWell: Bool

    init(_ status: HostStatus, trust: StatusTrust) {
        self.status = status
        signers = status.record.active.map { trust.signers(of: $0, HostLayout(product: status.record.name)) }
        hostIsWell = trust.warnings.isEmpty
    }

    private var record: StateRecord { status.record }

    // MARK: - For people

    var text: String {
        var lines: [String] = []
        if let active = record.active {
            let phase = active.phase == .baking ? ", still being watched" : ""
            lines.append(
                "\(record.name) \(active.version) (\(active.digest.short)) serves from \(active.slot.rawValue) "
                    + "since \(UTCTime(active.since))\(phase)")
        } else {
            lines.append("\(record.name): nothing serves")
        }
        lines += signedBy
        if let ready = record.ready {
            lines.append(
                "  \(ready.version) (\(ready.digest.short)) waits in \(ready.slot.rawValue) since \(UTCTime(ready.since)): "
                    + "`bundle promote \(record.name)` switches over, `bundle abort \(record.name)` takes it away")
            lines += idleTraffic
        } else if let open = status.open {
            lines.append("  " + operation(open))
        }
        for unit in status.units { lines.append("  \(unit.name): \(state(of: unit))") }
        for port in status.ports {
            let reach = port.entry.exposure == .public ? "public" : "this machine"
            let ends = port.entry.endpoints.map(\.description).joined(separator: ", ")
            lines.append(
                "  port \(port.entry.number) (\(reach)) -> \(port.entry.service).\(port.entry.port) at \(ends)"
                    + OutsideWords.status(port))
        }
        lines += status.draining.map(StatusAnswer.words)
        let others = record.releases.filter { $0.directory != record.active?.directory }
        if !others.isEmpty { lines.append("  also here: \(others.map(held).joined(separator: ", "))") }
        // What waits was unpacked from its staged copy; `promote` is its next step, not another install.
        lines += StatusAnswer.staged(status.staged.filter { $0.digest != record.ready?.digest }, of: record.name)
        let differences = status.differences.map(StatusAnswer.words)
        let warnings = warnings
        if !differences.isEmpty {
            lines.append("  differs from the record:")
        } else if warnings.isEmpty, hostIsWell {
            lines.append("  units, rules and record agree")
        }
        lines += differences.map { "    \($0)" }
        lines += warnings.map { "  warning: \($0)" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Certificates that fail or soon will, and a clock that cannot be right.
    private var warnings: [String] {
        let faults = status.certificates.flatMap { report in
            report.faults.map { "the certificate \(report.id) \($0.words)" }
        }
        let edits = status.edits.map {
            "/etc/\(record.name)/\($0.file): \($0.words), which does not run; `bundle reconfigure \(record.name)` applies it"
        }
        if case .unreadable(let reason) = signers {
            return ["what proves this release cannot be read: \(reason)"] + faults + status.warnings.map(\.words)
                + edits
        }
        return faults + status.warnings.map(\.words) + edits
    }

    private var signedBy: [String] {
        switch signers {
        case .believed(let keys): ["  signed by \(keys.map(\.hex).joined(separator: ", "))"]
        case .nobody: ["  signed by nobody whom this host believes today"]
        case .unreadable, .unknown, nil: []
        }
    }

    private var idleTraffic: [String] {
        var lines: [String] = []
        if let share = status.idle.canary { lines.append("  canary: \(share) % of new connections reach it") }
        if let end = status.canaryEnd { lines.append("  canary: it ended by itself, \(end)") }
        if !status.idle.networks.isEmpty {
            lines.append("  preview: shown to \(status.idle.networks.sorted().joined(separator: ", "))")
        }
        return lines
    }

    static func staged(_ releases: [StagedRelease], of name: ReleaseName) -> [String] {
        releases.map {
            "  staged: \($0.version) (\($0.digest.short)) since \(UTCTime($0.stagedAt)), \(Console.size($0.bytes)): "
                + "`bundle install \(name)@\($0.version)`"
        }
    }

    static func json(_ name: ReleaseName, staged releases: [StagedRelease]) -> JSONValue {
        ["name": .string(name.text), "staged": json(staged: releases)]
    }

    private static func json(staged releases: [StagedRelease]) -> JSONValue {
        .array(
            releases.map {
                [
                    "version": .string($0.version.description), "digest": .string($0.digest.hex),
                    "since": UTCTime.json($0.stagedAt), "bytes": .integer($0.bytes),
                ]
            })
    }

    private func operation(_ open: JournalRecord) -> String {
        let release = open.header.version.map { " \($0)" } ?? ""
        let step = open.begun.last.map { ", at \($0)" } ?? ""
        let what = "\(open.header.verb)\(release) since \(UTCTime(open.header.started))\(step)"
        guard let holder = status.holder else { return "\(what): it died or is stuck; run `bundle recover`" }
        return "\(what): under way, process \(holder.process)"
    }

    private func state(of unit: HostStatus.Unit) -> String {
        let restarts = unit.state.restarts > 0 ? ", restarted \(unit.state.restarts) times" : ""
        return "\(unit.state.active) (\(unit.state.sub))\(restarts)\(unit.isFormer ? ", of the release before" : "")"
    }

    private func held(_ release: ReleaseRecord) -> String {
        if case .bad(let reason, _) = release.state { return "\(release.version) (taken back: \(reason))" }
        return release.version.description
    }

    /// At most ten by name: a line is read by people.
    private static func words(_ draining: HostStatus.Draining) -> String {
        let named = draining.peers.prefix(10).joined(separator: ", ")
        let more = draining.peers.count > 10 ? " and \(draining.peers.count - 10) more" : ""
        return "  still with the old \(draining.service): \(draining.peers.count) connections, "
            + "\(draining.leastSeconds) s or older: \(named)\(more)"
    }

    private static func words(_ difference: HostStatus.Difference) -> String {
        switch difference {
        case .unitNotActive(let unit, let state):
            "\(unit) is \(state); `journalctl -u \(unit)` says why, `systemctl start \(unit)` starts it"
        case .rulesMissing:
            "traffic rules are missing: a firewall was flushed or reloaded; `bundle recover` puts them back"
        case .lostFromOutside(let port, let place, let opening):
            "port \(port) does not answer clients" + (place.map { ": a firewall turns them away in \($0)" } ?? "")
                + "; \(opening ?? OutsideWords.unknown)"
        case .portElsewhere(let port): "port \(port) does not lead where it should; `bundle recover` mends it"
        case .strayPort(let port): "port \(port) is redirected and is not in the record; `bundle recover` mends it"
        case .currentElsewhere(let target): "current points to \(target ?? "nothing"); `bundle recover` mends it"
        }
    }

    // MARK: - For programs

    var json: JSONValue {
        var members = [
            JSONValue.Member("name", .string(record.name.text)),
            JSONValue.Member("differences", .array(status.differences.map { .string(StatusAnswer.words($0)) })),
            JSONValue.Member("warnings", .array(warnings.map { .string($0) })),
            JSONValue.Member("generation", .integer(Int64(record.generation))),
            JSONValue.Member("ports", .array(status.ports.map(StatusAnswer.json))),
            JSONValue.Member("units", .array(status.units.map(StatusAnswer.json))),
            JSONValue.Member(
                "draining",
                .array(
                    status.draining.map {
                        [
                            "service": .string($0.service), "least_seconds": .integer($0.leastSeconds),
                            "peers": .array($0.peers.map { .string($0) }),
                        ]
                    })),
            JSONValue.Member("traffic", .string((record.driver ?? .nftables).rawValue)),
            JSONValue.Member("staged", StatusAnswer.json(staged: status.staged)),
            JSONValue.Member("releases", .array(record.releases.map { .string($0.version.description) })),
        ]
        if let active = record.active {
            members.append(
                JSONValue.Member(
                    "active",
                    [
                        "version": .string(active.version.description), "digest": .string(active.digest.hex),
                        "slot": .string(active.slot.rawValue), "phase": .string(active.phase.rawValue),
                        "since": UTCTime.json(active.since), "signers": signersJSON,
                    ]))
        }
        if let ready = record.ready {
            members.append(
                JSONValue.Member(
                    "ready",
                    [
                        "version": .string(ready.version.description), "digest": .string(ready.digest.hex),
                        "slot": .string(ready.slot.rawValue), "since": UTCTime.json(ready.since),
                        "canary": status.idle.canary.map { .integer(Int64($0)) } ?? .null,
                        "preview": .array(status.idle.networks.sorted().map { .string($0) }),
                    ]))
        }
        if let open = status.open {
            members.append(
                JSONValue.Member(
                    "operation",
                    [
                        "verb": .string(open.header.verb), "running": .bool(status.holder != nil),
                        "started": UTCTime.json(open.header.started), "step": .string(open.begun.last ?? ""),
                    ]))
        }
        return .object(members)
    }

    /// null where it cannot be said.
    private var signersJSON: JSONValue {
        switch signers {
        case .believed(let keys): .array(keys.map { .string($0.hex) })
        case .nobody: .array([])
        case .unreadable, .unknown, nil: .null
        }
    }

    private static func json(_ port: HostStatus.Port) -> JSONValue {
        let ends = port.entry.endpoints
        return [
            "port": .integer(Int64(port.entry.number)), "service": .string(port.entry.service),
            "name": .string(port.entry.port), "expose": .string(port.entry.exposure.rawValue),
            "in_force": .bool(port.isInForce), "leads_to": .array(ends.map { .string($0.description) }),
            "outside": .object(
                port.outside.map { JSONValue.Member($0.isV6 ? "ipv6" : "ipv4", .string($0.answer.word)) }),
        ]
    }

    private static func json(_ unit: HostStatus.Unit) -> JSONValue {
        [
            "unit": .string(unit.name), "active": .string(unit.state.active), "sub": .string(unit.state.sub),
            "restarts": .integer(Int64(unit.state.restarts)), "former": .bool(unit.isFormer),
        ]
    }
}
