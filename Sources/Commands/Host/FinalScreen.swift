// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import Installer

/// The last words of an installation: what runs, since when, and the command that goes back.
struct FinalScreen {
    let plan: Plan
    let record: StateRecord?

    var text: String {
        let since = record?.active.map { " since \(UTCTime($0.since))" } ?? ""
        var lines = ["\(plan.name) \(plan.version) (\(plan.digest.short)) serves from \(plan.slot.rawValue)\(since)"]
        for service in plan.services {
            let ports = service.ports.filter { $0.expose != .slot }.map { "\($0.port) (\($0.expose.rawValue))" }
            let reach = ports.isEmpty ? "" : ", port " + ports.joined(separator: ", ")
            lines.append("  \(service.unit)\(reach)\(service.action == .keep ? ", not touched" : "")")
        }
        if let back = WayBack(plan).command { lines.append("to go back: \(back)") }
        return lines.joined(separator: "\n")
    }
}

/// How an operator takes a deployment back once it is called good.
struct WayBack {
    let plan: Plan

    init(_ plan: Plan) { self.plan = plan }

    /// nil after a first installation: there is nothing to go back to.
    var command: String? {
        guard let old = plan.replaces else { return nil }
        return old.directory == plan.directory
            ? "bundle reconfigure \(plan.name) --former" : "bundle rollback \(plan.name)@\(old.version)"
    }

    /// Command, what it restores, what it cannot.
    var lines: [String] {
        guard let old = plan.replaces, let command else {
            return [
                "bundle remove \(plan.name): this is the first release here",
                "takes away its units, traffic rules, releases and, if it is ours, its user; not its data",
            ]
        }
        if old.directory == plan.directory {
            return [
                command, "restores the values and overrides of now, and the config that comes of them",
                "cannot restore secrets as they were, nor what services wrote to their data",
            ]
        }
        return [
            command, "restores \(old.version): its units, its config with the values of now, traffic and `current`",
            "cannot restore secrets as they were, nor what services wrote to their data",
        ]
    }
}
