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
        let back = WayBack(plan)
        if let job = back.closedBy {
            lines.append("no way back: job \(job.name) changed data for good")
        } else if let command = back.command {
            lines.append("to go back: \(command)")
        }
        return lines.joined(separator: "\n")
    }

    func json(changed: Bool) -> JSONValue {
        // An idle slot was planned for; what runs is in the record.
        let running = changed ? nil : record?.active?.slot
        let services = plan.services.map { service -> JSONValue in
            let unit =
                service.strategy == .recreate
                ? service.unit : UnitNames(product: plan.name).service(service.name, slot: running ?? plan.slot)
            return
                [
                    "unit": .string(unit), "touched": .bool(changed && service.action != .keep),
                    "ports": .array(service.ports.filter { $0.expose != .slot }.map { .integer(Int64($0.port)) }),
                ]
        }
        return [
            "name": .string(plan.name.text), "version": .string(plan.version.description),
            "digest": .string(plan.digest.hex), "slot": .string((record?.active?.slot ?? plan.slot).rawValue),
            "changed": .bool(changed), "since": (record?.active).map { UTCTime.json($0.since) } ?? .null,
            "services": .array(services),
            "go_back": (changed ? WayBack(plan).command : nil).map { .string($0) } ?? .null,
        ]
    }
}
