// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import HostSystem

/// Writes the unit of one service in one slot (or of its only copy), hardened by its profile. It builds text and touches
/// nothing; the same inputs give the same bytes, so that an unchanged unit is seen to be unchanged.
package struct SlotUnit: Equatable, Sendable {
    package let service: Service
    package let context: UnitContext

    package init(service: Service, context: UnitContext) {
        self.service = service
        self.context = context
    }

    package func unitText() throws(UnitError) -> UnitText {
        var unit = UnitText(name: context.unit)
        try addDependencies(to: &unit)
        try addProcess(to: &unit)
        if let image = service.image {
            try ImageUnit(service: service, context: context, image: image).add(to: &unit)
        } else {
            try addProgram(to: &unit)
        }
        try addExtras(to: &unit)
        return unit
    }

    /// The slice that it needs; nil where systemd's own will do.
    package func slice() throws(UnitError) -> UnitText? {
        guard service.image != nil, context.runtime == .docker else { return nil }
        return try DockerUnit.slice(of: context.stem, context.names)
    }

    private func addDependencies(to unit: inout UnitText) throws(UnitError) {
        let slotName = context.slot.map { " (\($0.rawValue))" } ?? ""
        try unit.add("Unit", "Description", "\(context.product) \(context.service)\(slotName)")
        let owner = context.slot.map(context.names.target) ?? context.names.target
        try unit.add("Unit", "PartOf", owner)
        var after = ["network.target"]
        for dependency in service.after {
            switch dependency {
            case .service(let name):
                after.append(context.names.service(name, slot: slot(of: name)))
            case .unit(let name):
                after.append(UnitText.word(name))
            case .job: break
            }
        }
        if let daemon = container?.daemon {
            after.append(daemon)
            try unit.add("Unit", "Wants", daemon)
        }
        // Order only: whether a neighbour runs is the installer's business, and the target pulls in what belongs to it.
        for name in after { try unit.add("Unit", "After", name) }
        for path in service.state.compactMap({ context.state[$0.name]?.text }).sorted() {
            try unit.add("Unit", "RequiresMountsFor", UnitText.word(path))
        }
        // A host that comes up beside a slow neighbour must not give up after five tries.
        try unit.add("Unit", "StartLimitIntervalSec", "0")
    }

    private func slot(of neighbour: String) -> Slot? {
        context.recreateServices.contains(neighbour) ? nil : context.slot
    }

    /// What runs it, for a service that has an image.
    private var container: (any ContainerUnit)? {
        service.image.map { ImageUnit(service: service, context: context, image: $0).driver }
    }

    private func addProcess(to unit: inout UnitText) throws(UnitError) {
        let container = container
        let isImage = container != nil
        let notifies =
            container.map { $0.notifies && !context.isJob } ?? service.health.contains { $0.probe == .notify }
        let isLimited = container?.isInOwnGroup ?? true
        // The program has the time that it is given; what is above it is for the runtime itself.
        let stop = isImage ? TimeSpan(milliseconds: service.stop.timeout.milliseconds + 5000) : service.stop.timeout
        let lines: [(String, String?)] = [
            ("Type", context.isJob ? "oneshot" : notifies ? "notify" : "exec"),
            ("NotifyAccess", notifies ? (isImage ? "all" : "main") : nil),
            ("SyslogIdentifier", context.names.syslogIdentifier(context.service)),
            ("Restart", context.isJob ? nil : "on-failure"),
            ("RestartSec", context.isJob ? nil : "1s"),
            ("TimeoutStartSec", SlotUnit.span(context.startTimeout)),
            ("TimeoutStopSec", SlotUnit.span(stop)),
            ("KillMode", "mixed"),
            ("KillSignal", isImage ? container?.killSignal : service.stop.signal),
            ("MemoryMax", isLimited ? service.limits.memory.map { "\($0)" } : nil),
            ("CPUQuota", isLimited ? service.limits.cpu.map { "\($0)%" } : nil),
            ("LimitNOFILE", isLimited ? service.limits.files.map { "\($0)" } : nil),
        ]
        for case (let directive, let value?) in lines { try unit.add("Service", directive, value) }
        // The manager copies each file, as root, to where only this unit's user reads it.
        for (id, path) in loadedCredentials.sorted(by: { $0.key < $1.key }) {
            guard SlotUnit.isCredentialName(id) else { throw .badSecretName(unit: unit.name, id: id) }
            try unit.add("Service", "LoadCredential", "\(id):\(UnitText.specifierSafe(path.text))")
        }
    }

    private func addProgram(to unit: inout UnitText) throws(UnitError) {
        try unit.add("Service", "User", context.names.user)
        try unit.add("Service", "Group", context.names.user)
        for (name, value) in context.environment.sorted(by: { $0.key < $1.key }) {
            try unit.add("Service", "Environment", UnitText.word("\(name)=\(value)"))
        }
        guard context.run.first?.hasPrefix("/") == true else {
            throw .badProgram(unit: unit.name, program: context.run.first ?? "")
        }
        let argv = try EnvironmentSecrets(ids: environmentSecrets, unit: unit.name).wrapping(context.run)
        try unit.add("Service", "ExecStart", unit.commandLine(argv))
        for path in service.state.compactMap({ context.state[$0.name]?.text }).sorted() {
            try addState(path, to: &unit)
        }
        if !service.state.isEmpty { try unit.add("Service", "StateDirectoryMode", "0700") }
        try unit.add("Service", "RuntimeDirectory", context.stem)
        try unit.add("Service", "RuntimeDirectoryMode", "0700")
        for line in try Hardening(service.sandbox, unit: unit.name).directives {
            try unit.add("Service", line.name, line.value)
        }
    }

    /// Below /var/lib systemd makes the directory and gives it to the user; a site that moved it elsewhere made it.
    private func addState(_ path: String, to unit: inout UnitText) throws(UnitError) {
        if path.hasPrefix("/var/lib/") {
            try unit.add("Service", "StateDirectory", UnitText.word(String(path.dropFirst("/var/lib/".count))))
        } else {
            try unit.add("Service", "ReadWritePaths", UnitText.word(path))
        }
    }

    private func addExtras(to unit: inout UnitText) throws(UnitError) {
        for (section, directives) in service.unit.sorted(by: { $0.key < $1.key }) {
            for (directive, values) in directives.sorted(by: { $0.key < $1.key }) {
                guard ["Unit", "Service"].contains(section), SlotUnit.isDirective(directive) else {
                    throw .badDirective(unit: unit.name, section: section, directive: directive)
                }
                for value in values { try unit.add(section, directive, value) }
            }
        }
    }
}
