// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

@testable import EngineFakes
@testable import HostRecords
@testable import Installer

/// Looks at a host from outside after a fault: it must stand exactly as `old` or as `new` (files, record, units that run and
/// the text that they run from, traffic), and the next installation must come to its end with nobody's help.
final class RigJudge {
    enum Outcome: String {
        case old, new, mixed
        /// Nothing was begun.
        case refused
        /// Recovery or the next installation does not work.
        case person
    }

    struct Verdict {
        var outcome: Outcome
        var words: String
    }

    private let host: RigHost
    /// As far as they were asked for.
    private var moments: [String: EngineHost.Moment] = [:]
    private let histories: Int
    private let isRecovery: Bool

    init(_ host: RigHost) throws {
        self.host = host
        let records = host.place / "start" / "host/var/lib/bundle/lake"
        let history = records / "history"
        histories = try FileSystem.exists(history) ? FileSystem.list(history).count : 0
        isRecovery = try FileSystem.exists(records / "journal")
    }

    private func moment(_ name: String) throws -> EngineHost.Moment {
        if let known = moments[name] { return known }
        var moment = try host.moment(name)
        moment.tree = moment.tree.counting
        moments[name] = moment
        return moment
    }

    /// - Parameters:
    ///   - status: what the verb said at its end; nil when it was killed.
    ///   - booting: the power went: the host boots.
    func settle(status: Int32?, booting: Bool) async -> Verdict {
        do {
            let began = try hasBegun()
            if booting {
                try await RigVerb(host).boot()
            } else {
                try await RigVerb(host).recover()
            }
            let found = try side()
            guard let side = found.side else { return Verdict(outcome: .mixed, words: found.words) }
            if let lie = lie(status, side) { return Verdict(outcome: .mixed, words: lie) }
            try await RigVerb(host).install(RigScenario.next)
            let next = try differences("\(side.rawValue)-next")
            guard next.isEmpty else { return Verdict(outcome: .mixed, words: "the next installation: \(next)") }
            let left = try host.engine.moment().tree.leftTemporaries
            guard left.isEmpty else { return Verdict(outcome: .mixed, words: "nobody took away: \(left)") }
            return Verdict(outcome: !began && side == .old ? .refused : side, words: "")
        } catch {
            return Verdict(outcome: .person, words: "\(error)")
        }
    }

    private func hasBegun() throws -> Bool {
        let layout = host.engine.layout
        if try FileSystem.exists(layout.journal) { return true }
        return try FileSystem.exists(layout.history) && FileSystem.list(layout.history).count > histories
    }

    /// What the verb says of the host has to be true; of `recover` either side is.
    private func lie(_ status: Int32?, _ side: Outcome) -> String? {
        if isRecovery { return nil }
        return switch (status, side) {
        case (0, .old): "it said that it was done, and the old one serves"
        case (4, .new), (1, .new): "it said that nothing was changed, and the new one serves"
        default: nil
        }
    }

    private func side() throws -> (side: Outcome?, words: String) {
        let (old, new) = (try differences("old"), try differences("new"))
        if new.isEmpty { return (.new, "") }
        if old.isEmpty { return (.old, "") }
        return (nil, "not old: \(old); not new: \(new)")
    }

    private func differences(_ name: String) throws -> [String] {
        var now = try host.engine.moment()
        now.tree = now.tree.counting
        var standing = try host.engine.standing(now)
        let expected = try host.engine.standing(try moment(name))
        // A product that was never installed leaves nothing; whether there is an empty table is all the same.
        if expected.traffic == nil, standing.traffic == TrafficState() { standing.traffic = nil }
        var found = standing.difference(from: expected)
        if try FileSystem.exists(host.engine.layout.journal) { found.append("the journal is open") }
        for (unit, running) in now.units.running {
            guard case .file(Array(running.text.utf8), _)? = now.tree.nodes["etc/systemd/system/\(unit)"] else {
                found.append("\(unit) runs from a text that is not on disk")
                continue
            }
        }
        return found
    }
}

extension FileTree {
    /// Host-state §1.2: what a crash left half-written under a name of its own holds nothing that counts. Nor does who had
    /// the lock.
    var counting: FileTree {
        FileTree(
            nodes: nodes.filter { key, _ in
                !key.contains("/" + FileSystem.temporaryPrefix) && !key.hasPrefix("run/")
            })
    }

    /// But for what those left who play systemd-sysusers (beside `passwd`) and systemctl (among what a target wants).
    var leftTemporaries: [String] {
        nodes.keys.filter {
            $0.contains("/" + FileSystem.temporaryPrefix) && !$0.hasPrefix("etc/" + FileSystem.temporaryPrefix)
                && !$0.contains(".wants/" + FileSystem.temporaryPrefix)
        }.sorted()
    }
}
