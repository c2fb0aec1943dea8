// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Installer

/// Everything on the host that carrying out a plan touches: a host test takes a snapshot before and after and holds every
/// difference against it. A directory stands for what is below it.
struct PlanFootprint {
    let plan: Plan
    let layout: HostLayout

    init(_ plan: Plan, _ layout: HostLayout) {
        self.plan = plan
        self.layout = layout
    }

    /// The plan as programs read it, with what the screen says beside it.
    static func document(_ prepared: Installation.Prepared, _ installation: Installation) throws -> JSONValue {
        let plan = prepared.plan
        let footprint = prepared.isUnchanged ? nil : PlanFootprint(plan, installation.layout)
        guard case .object(let members) = try StrictJSON.parse(installation.document(plan)) else { return .null }
        let texts = { (lines: [String]) in JSONValue.array(lines.map { .string($0) }) }
        return .object(
            members + [
                JSONValue.Member("changes", .bool(!prepared.isUnchanged)),
                JSONValue.Member("steps", texts(footprint == nil ? [] : plan.steps.map(\.rawValue))),
                JSONValue.Member("paths", texts(footprint?.paths ?? [])),
                JSONValue.Member("units", texts(footprint?.units ?? [])),
                JSONValue.Member("ports", texts(footprint?.ports ?? [])),
                JSONValue.Member(
                    "go_back", (footprint == nil ? nil : WayBack(plan).command).map { .string($0) } ?? .null),
            ])
    }

    var lines: [String] {
        block("path", paths) + block("unit", units) + block("port", ports)
    }

    private func block(_ kind: String, _ entries: [String]) -> [String] {
        entries.enumerated().map { index, entry in
            (index == 0 ? "  \(kind)      " : "            ") + entry
        }
    }

    var paths: [String] {
        var found = ourselves
        if plan.createsRelease { found.append(layout.release(plan.directory)) }
        found.append(layout.current)
        if !plan.isInPlace { found.append(layout.slot(plan.slot)) }
        for service in plan.services where !service.place.isEmpty && service.action != .keep {
            found.append(layout.service(service.name))
        }
        found += writtenUnits.map(layout.unit)
        found += plan.retired.flatMap { [layout.unit($0.unit), layout.service($0.name)] }
        found += plan.prunes.map(layout.release)
        if plan.createsUser {
            found.append(layout.sysusersFile)
            // systemd-sysusers(8) keeps the files of before beside them.
            found += ["passwd", "group", "shadow", "gshadow"].flatMap {
                [layout.root / "etc/\($0)", layout.root / "etc/\($0)-"]
            }
        }
        found += [layout.data] + plan.movedState
        found += [layout.records, layout.auditLog, layout.runDirectory]
        // The runtime directory of such a unit has its name.
        found += startedDriver.filter { $0.hasSuffix(".service") }.map {
            layout.root / "run" / String($0.dropLast(".service".count))
        }
        if !plan.images.isEmpty { found += runtimePlaces.map { layout.root / $0 } }
        return found.map(\.text)
    }

    /// Runtimes keep books of what they run, beside the images.
    private var runtimePlaces: [String] {
        switch plan.runtime ?? .podman {
        case .podman: ["var/lib/containers", "run/containers", "run/crun"]
        case .docker: ["var/lib/docker", "run/docker", "run/containerd", "var/lib/containerd"]
        case .containerd: ["var/lib/containerd", "run/containerd"]
        }
    }

    /// Unit files that are written, those that are only written again included.
    private var writtenUnits: [String] {
        let names = UnitNames(product: plan.name)
        let units = plan.services.filter { $0.action != .keep }.map(\.unit) + plan.jobs.map(\.unit)
        let slices = plan.runtime == .docker ? units.map { names.slice(String($0.dropLast(".service".count))) } : []
        return units + slices
            + [names.target(plan.slot), names.target] + startedDriver
    }

    /// A driver's units are written before anything serves, and go on from then; those of held sockets change with ports.
    private var startedDriver: [String] {
        let units = plan.driverUnits(on: layout)
        return plan.replaces == nil || !units.allSatisfy({ read(layout.unit($0)) != nil }) ? units : []
    }

    /// The tool and its boot unit, where the host does not have them as they are now.
    private var ourselves: [HostPath] {
        var found: [HostPath] = []
        let running = (try? FileSystem.resolve("/proc/self/exe")) ?? layout.tool
        if running != layout.tool, read(running) != read(layout.tool) { found.append(layout.tool) }
        let boot = layout.unit(BootUnit.name)
        if read(boot) != Array(BootUnit.text.utf8) {
            found += [boot, layout.unit(BootUnit.wants) / BootUnit.name]
        }
        return found
    }

    private func read(_ path: HostPath) -> [UInt8]? { try? FileSystem.readAll(path, limit: 512 << 20) }

    /// Units that start or stop.
    var units: [String] {
        let starts = plan.services.filter { $0.action == .start }.map { "\($0.unit) starts" }
        let replaced = plan.services.filter { $0.action == .replace }.map { "\($0.unit) is restarted" }
        let jobs = plan.jobs.filter { !$0.isDone }.map { "\($0.unit) runs once, at \($0.moment.rawValue)" }
        let stops = ((plan.replaces?.units ?? []) + plan.retired.map(\.unit)).map { "\($0) stops" }
        let proxy = plan.driverUnits(on: layout).map { startedDriver.isEmpty ? "\($0) goes on" : "\($0) starts" }
        let all = starts + replaced + jobs + stops + proxy
        return all.isEmpty ? ["none starts or stops"] : all
    }

    /// Ports that clients use and whereto they lead; all rules are in one table of ours.
    var ports: [String] {
        let served = plan.services.flatMap { service in
            service.ports.map { port in
                let clients = port.expose == .slot ? "slot only" : "\(port.port) (\(port.expose.rawValue))"
                return "\(clients) -> \(service.name).\(port.name) at \(port.endpoints.v4), \(port.endpoints.v6)"
            }
        }
        let proxy = plan.driverUnits(on: layout).map { "led through \($0)" }
        return served.isEmpty
            ? []
            : served + proxy + [
                "rules in table inet bundle_\(plan.name.text.replacing("-", with: "_")), addresses on lo"
            ]
    }
}
