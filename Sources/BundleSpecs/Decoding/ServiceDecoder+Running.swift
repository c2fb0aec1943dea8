// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// How a service runs: secrets, ports, times, limits, sandbox, unit.
extension ServiceDecoder {
    /// `ID` for a credential, `{ ID: env }` for a variable of the same name.
    func secrets() -> [SecretUse] {
        let ledger = section.ledger
        var seen: [String: Place] = [:]
        return section.elements("secrets").compactMap { node in
            let path = section.below("secrets")
            let pair = node.mapping?.count == 1 ? node.mapping?.first : nil
            guard let id = node.string ?? pair?.name else {
                ledger.wrongType(node, path, .secretUse)
                return nil
            }
            if let first = seen.updateValue(node.place, forKey: id) {
                ledger.report(node.place, .duplicate(.secret, name: id, first: first))
            }
            declared.check(id, .secret, at: pair?.key.place ?? node.place)
            guard let pair else { return SecretUse(id: id) }
            guard pair.value.string == "env" else {
                ledger.badText(pair.value, "\(path).\(id)", .oneOf(["env"]))
                return nil
            }
            // The loader and the shell obey these before any program of the release runs.
            let reserved = id.hasPrefix("LD_") || ["PATH", "IFS", "ENV", "CREDENTIALS_DIRECTORY"].contains(id)
            if reserved || !Grammar.isVariable(id) {
                ledger.report(pair.key.place, .contradiction(path: path, .secretIsNoVariable(id)))
            }
            return SecretUse(id: id, delivery: .environment)
        }
    }

    /// A number of 0: a port of the slot that leaves its number to us, or one whose number was refused, which must not be
    /// reported again as one that two services share.
    func ports() -> [(name: String, declaration: Port, place: Place)] {
        var fixed: [Int: Place] = [:]
        return section.entries("ports").map { pair in
            let path = section.below("ports.\(pair.name)")
            let port = Section(pair.value, .port, path: path, section.ledger, fallback: pair.key.place)
            let expose = exposure(port)
            let number = port.integer("port", 1...65535)
            let container = fixedPort(port, &fixed)
            if port.choice("protocol", TransportName.self) == .udp { notBuilt(port, "protocol", "udp") }
            let bindAny = port.choice("bind", BindName.self) != nil
            if bindAny, container != nil {
                port.report("bind", .contradiction(path: path, .bothGiven("container", "bind")))
            }
            if !port.has("port"), expose != .slot, pair.value.mapping != nil {
                port.ledger.report(port.place, .missingKey("port", path: path))
            }
            let place = port.has("port") ? port.place(of: "port") : pair.key.place
            let declaration = Port(port: number ?? 0, expose: expose, bindAny: bindAny, container: container)
            return (pair.name, declaration, place)
        }
    }

    /// `container: 6333`: what the program of an image binds to, whatever it is told.
    private func fixedPort(_ port: Section, _ seen: inout [Int: Place]) -> Int? {
        guard let number = port.integer("container", 1...65535) else { return nil }
        if !section.has("image") {
            port.report("container", .contradiction(path: port.path, .needs(key: "container", other: "image")))
        }
        let place = port.place(of: "container")
        if let first = seen.updateValue(place, forKey: number) {
            port.ledger.report(place, .duplicate(.containerPort, name: "\(number)", first: first))
        }
        return number
    }

    /// What only the program of an image has: numbers of its own, and a root that it may write to.
    func container(of service: inout Service) {
        for key in ["user", "read-only"] where section.has(key) && !section.has("image") {
            section.report(key, .contradiction(path: section.path, .needs(key: key, other: "image")))
        }
        service.writableRoot = section.boolean("read-only") == false
        guard let node = section["user"] else { return }
        service.user = node.scalar.flatMap { ContainerUser($0.text) }
        if service.user == nil { section.ledger.badText(node, section.below("user"), .containerUser) }
    }

    private func exposure(_ port: Section) -> Port.Exposure {
        guard let text = port.text("expose") else { return .host }
        let isKnown = declared.check(text, .network, at: port.place(of: "expose"), also: Port.Exposure.reserved)
        return isKnown ? Port.Exposure(rawValue: text) : .host
    }

    private func notBuilt(_ section: Section, _ key: String, _ value: String) {
        section.report(key, .notBuiltYet(key: "\(section.below(key)): \(value)"))
    }

    private enum TransportName: String, CaseIterable {
        case tcp, udp
    }

    private enum BindName: String, CaseIterable {
        case any
    }

    func times(of service: inout Service) {
        let stop = section.section("stop", .stop)
        if let signal = stop.text("signal") {
            service.stop.signal = signal
            let letters = signal.dropFirst(3)
            let isSignal = signal.hasPrefix("SIG") && !letters.isEmpty && Grammar.isVariable(letters)
            if !isSignal || signal != signal.uppercased() {
                stop.report("signal", .badText(path: stop.below("signal"), text: signal, expected: .signal))
            }
        }
        service.stop.timeout = stop.span("timeout") ?? service.stop.timeout
        service.hold = section.span("hold") ?? service.hold
        if section.has("hold"), service.strategy != .recreate {
            section.report("hold", .contradiction(path: section.path, .holdWithoutRecreate))
        }
        let holds = service.strategy == .recreate && !service.ports.isEmpty
        if holds, stop.has("timeout"), service.stop.timeout >= service.hold {
            stop.report(
                "timeout",
                .timing(path: section.path, .stopOutlastsHold(stop: service.stop.timeout, hold: service.hold)))
        }
        // Its health is waited for inside the hold; the first installation alone has `health-timeout` for it.
        let least = service.health.map(\.leastTime).max() ?? .seconds(0)
        if holds, least >= service.hold {
            section.report(
                "hold", .timing(path: section.path, .healthOutlastsHold(needs: least, hold: service.hold)))
        }
    }

    static func limits(_ section: Section) -> ResourceLimits {
        ResourceLimits(
            memory: section.bytes("memory"), cpu: section.percentage("cpu"),
            files: section.integer("files", 1...1_073_741_816))
    }

    static func sandbox(_ section: Section) -> Sandbox {
        let known = SandboxException.allCases.map(\.rawValue)
        let allow = section.texts("allow").filter { text, place in
            if known.contains(text) { return true }
            let nearest = NearestName.of(text, among: known)
            section.ledger.report(place, .unknownReference(.sandboxException, name: text, nearest: nearest))
            return false
        }
        let profile = section.choice("profile", ProfileName.self).flatMap { Sandbox.Profile(rawValue: $0.rawValue) }
        return Sandbox(profile: profile ?? .strict, allow: allow.map(\.text).sorted())
    }

    private enum ProfileName: String, CaseIterable {
        case strict, jit, legacy
    }

    /// `unit: { Service: { CPUAffinity: "2-5" } }`.
    func directives() -> [String: [String: [String]]] {
        let ledger = section.ledger
        var unit: [String: [String: [String]]] = [:]
        for pair in section.entries("unit") {
            let path = section.below("unit.\(pair.name)")
            guard ["Unit", "Service"].contains(pair.name) else {
                ledger.badText(pair.key, section.below("unit"), .oneOf(["Unit", "Service"]))
                continue
            }
            guard let directives = pair.value.mapping else {
                ledger.wrongType(pair.value, path, .mapping)
                continue
            }
            for directive in directives {
                if ServiceDecoder.isReserved(directive.name) {
                    ledger.report(
                        directive.key.place, .contradiction(path: path, .reservedDirective(directive.name)))
                } else if !Grammar.isIdentifier(directive.name) {
                    ledger.badText(directive.key, path, .identifier)
                }
                let values = directive.value.sequence ?? [directive.value]
                for value in values where value.scalar.map({ !Grammar.isLine($0.text) }) ?? true {
                    ledger.wrongType(value, "\(path).\(directive.name)", .text)
                }
                unit[pair.name, default: [:]][directive.name] = values.compactMap { $0.scalar?.text }
            }
        }
        return unit
    }

    /// What our own units say, or what would run something else, as somebody else, or with other secrets.
    private static func isReserved(_ directive: String) -> Bool {
        let names: Set = [
            "Type", "User", "Group", "DynamicUser", "SupplementaryGroups", "RootDirectory", "RootImage", "PAMName",
            "PartOf", "BindsTo", "Requisite", "Conflicts", "SyslogIdentifier", "NotifyAccess", "PIDFile",
            "AmbientCapabilities", "KillMode", "KillSignal", "TimeoutStopSec", "TimeoutStartSec", "Slice",
        ]
        let prefixes = ["Exec", "LoadCredential", "SetCredential", "ImportCredential", "EnvironmentFile", "IPAddress"]
        return names.contains(directive) || prefixes.contains { directive.hasPrefix($0) }
    }
}
