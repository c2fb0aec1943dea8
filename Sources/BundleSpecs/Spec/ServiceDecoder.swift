// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// A service and where its references stand.
struct DeclaredService {
    var service: Service
    var place: Place
    var places: [String: Place]
}

/// Reads `services:`.
struct ServiceDecoder {
    let reader: SpecReader

    static let keys = [
        "run", "image", "args", "user", "roles", "when", "after", "config", "env", "secrets", "ports", "health",
        "strategy", "drain", "limits", "sandbox", "network", "unit", "instances", "state", "shared", "hold", "stop",
    ]
    static let laterKeys = ["roles", "when", "network", "instances", "user"]

    func services(_ node: YAMLNode?) -> [String: DeclaredService] {
        var found: [String: DeclaredService] = [:]
        let expected = "a lower-case letter, then up to 24 of a-z, 0-9 and -"
        for pair in reader.names(node, { ReleaseName($0) != nil }, expected: expected) {
            if let service = service(pair.value, pair.key.place) { found[pair.name] = service }
        }
        return found
    }

    private func service(_ node: YAMLNode, _ place: Place) -> DeclaredService? {
        guard let keys = reader.keys(node, ServiceDecoder.keys) else { return nil }
        for key in ServiceDecoder.laterKeys { reader.refuse(keys[key], "services.\(key)") }
        let image = keys.text("image")
        var run = reader.texts(keys["run"])
        // An empty program keeps the image's own entry point.
        if let args = keys["args"] {
            if image == nil || !run.isEmpty { reader.note(args.place, .contradiction("args: is for an image without run:")) }
            run = [""] + reader.texts(args)
        }
        if image == nil, run.isEmpty { reader.note(node.place, .missingKey("run")) }
        let ports = ports(keys["ports"])
        let state = state(keys["state"], image: image != nil)
        let shared = reader.flag(keys["shared"]) ?? false
        let written = strategy(keys["strategy"])
        let strategy = written ?? (!state.isEmpty && !shared || ports.isEmpty ? .recreate : .blueGreen)
        if strategy == .blueGreen, !state.isEmpty, !shared, let at = keys["strategy"] {
            reader.note(at.place, .contradiction("blue-green over state needs shared: true, or two copies lose writes"))
        }
        let environment = Dictionary(
            reader.names(keys["env"], Grammar.isVariable, expected: "a variable's name").compactMap { pair in
                reader.text(pair.value).map { (pair.name, $0) }
            }, uniquingKeysWith: { first, _ in first })
        var service = Service(
            run: run, image: image, after: after(keys["after"]), config: reader.texts(keys["config"]),
            environment: environment, secrets: secrets(keys["secrets"]), ports: ports,
            health: HealthDecoder(reader: reader, ports: ports).checks(keys["health"]), state: state,
            sharedState: shared, strategy: strategy)
        service.hold = reader.span(keys["hold"]) ?? service.hold
        service.drain = reader.span(keys["drain"])
        service.stop = stop(keys["stop"])
        service.limits = limits(keys["limits"])
        service.sandbox = sandbox(keys["sandbox"])
        service.unit = unit(keys["unit"])
        if service.health.isEmpty { reader.note(place, .missingKey("health")) }
        let places = ["image", "config", "after", "secrets", "ports", "health", "hold"].map { key in
            (key, (keys[key] ?? node).place)
        }
        return DeclaredService(service: service, place: place, places: Dictionary(uniqueKeysWithValues: places))
    }

    private func strategy(_ node: YAMLNode?) -> Service.Strategy? {
        reader.parsed(node, expected: "blue-green or recreate") { Service.Strategy(rawValue: $0) }
    }

    private func after(_ node: YAMLNode?) -> [Dependency] {
        reader.list(node).compactMap { item in
            guard item.mapping != nil else { return reader.text(item).map { .service(name: $0) } }
            guard let keys = reader.keys(item, ["unit"]) else { return nil }
            return keys.required("unit").flatMap(reader.text).map { .unit(name: $0) }
        }
    }

    private func secrets(_ node: YAMLNode?) -> [SecretUse] {
        reader.list(node).compactMap { item in
            guard let pairs = item.mapping else { return reader.text(item).map { SecretUse(id: $0) } }
            guard pairs.count == 1, let pair = pairs.first, let way = reader.text(pair.value) else {
                reader.note(item.place, .wrongType(expected: "a secret's name, or NAME: env"))
                return nil
            }
            guard way == "env" else {
                reader.note(pair.value.place, .badValue(way, expected: "env"))
                return nil
            }
            return SecretUse(id: pair.name, delivery: .environment)
        }
    }

    private func ports(_ node: YAMLNode?) -> [String: Port] {
        var found: [String: Port] = [:]
        for pair in reader.names(node, Grammar.isIdentifier, expected: "letters, digits, . _ -") {
            guard let keys = reader.keys(pair.value, ["port", "container", "expose", "protocol", "bind"]) else {
                continue
            }
            reader.refuse(keys["container"], "ports.container")
            if let way = keys["protocol"], way.string != "tcp" { reader.refuse(way, "ports.protocol") }
            let bind = reader.parsed(keys["bind"], expected: "any") { $0 == "any" ? true : nil }
            let exposure = expose(keys["expose"])
            // A port that only the slot sees may be left to us; a stable one has a number.
            let number = reader.integer(exposure == .slot ? keys["port"] : keys.required("port"), 1...65535)
            guard let number = number ?? (exposure == .slot && keys["port"] == nil ? slotPort(pair.name) : nil) else {
                continue
            }
            found[pair.name] = Port(port: number, expose: exposure ?? .host, bindAny: bind ?? false)
        }
        return found
    }

    /// A number for a port that has none: the same for the same name, between the well-known and the ephemeral ones.
    private func slotPort(_ name: String) -> Int {
        20_000 + name.utf8.reduce(0) { ($0 &* 31 &+ Int($1)) % 10_000 }
    }

    private func expose(_ node: YAMLNode?) -> Port.Exposure? {
        guard let node, let text = reader.text(node) else { return nil }
        if let known = Port.Exposure(rawValue: text) { return known }
        reader.refuse(node, "ports.expose: \(text) (a network)")
        return .host
    }

    private func state(_ node: YAMLNode?, image: Bool) -> [StateDirectory] {
        guard let node else { return [] }
        let names: [(name: String, mount: String?, place: Place)]
        if let pairs = node.mapping {
            names = pairs.map { ($0.name, $0.value.isNull ? nil : reader.text($0.value), $0.key.place) }
        } else {
            names = reader.list(node).compactMap { item in reader.text(item).map { ($0, nil, item.place) } }
        }
        return names.compactMap { name, mount, place in
            guard ReleaseName(name) != nil else {
                reader.note(place, .badValue(name, expected: "a lower-case letter, then a-z, 0-9 and -"))
                return nil
            }
            if image, !(mount?.hasPrefix("/") ?? false) {
                reader.note(place, .badValue(mount ?? "", expected: "the absolute path where the image sees it"))
            }
            return StateDirectory(name: name, mount: mount)
        }
    }

    private func stop(_ node: YAMLNode?) -> StopSettings {
        var settings = StopSettings()
        guard let node, let keys = reader.keys(node, ["signal", "timeout"]) else { return settings }
        let signals = ["SIGTERM", "SIGINT", "SIGQUIT", "SIGHUP", "SIGUSR1", "SIGUSR2", "SIGWINCH"]
        settings.signal =
            reader.parsed(keys["signal"], expected: signals.joined(separator: ", ")) { signals.contains($0) ? $0 : nil }
            ?? settings.signal
        settings.timeout = reader.span(keys["timeout"]) ?? settings.timeout
        return settings
    }

    private func limits(_ node: YAMLNode?) -> ResourceLimits {
        guard let node, let keys = reader.keys(node, ["memory", "cpu", "files"]) else { return ResourceLimits() }
        return ResourceLimits(
            memory: reader.parsed(keys["memory"], expected: "a size such as 512M or 2G", ByteSize.parse),
            cpu: reader.parsed(keys["cpu"], expected: "a percentage such as 200%") { text in
                guard text.hasSuffix("%"), let number = Int(text.dropLast()), number > 0 else { return nil }
                return number
            },
            files: reader.integer(keys["files"], 16...10_000_000))
    }

    private func sandbox(_ node: YAMLNode?) -> Sandbox {
        guard let node, let keys = reader.keys(node, ["profile", "allow"]) else { return Sandbox() }
        let profile = reader.parsed(keys["profile"], expected: "strict, jit or legacy") {
            Sandbox.Profile(rawValue: $0)
        }
        let allowed = reader.list(keys["allow"]).compactMap { reader.word($0, as: SandboxException.self)?.rawValue }
        return Sandbox(profile: profile ?? .strict, allow: allowed.sorted())
    }

    private func unit(_ node: YAMLNode?) -> [String: [String: [String]]] {
        guard let node, let sections = reader.keys(node, ["Unit", "Service"]) else { return [:] }
        var found: [String: [String: [String]]] = [:]
        for section in ["Unit", "Service"] {
            for pair in sections[section]?.mapping ?? [] {
                let values =
                    pair.value.sequence.map { $0.compactMap(reader.text) } ?? reader.text(pair.value).map { [$0] }
                found[section, default: [:]][pair.name] = values ?? []
            }
        }
        return found
    }
}
