// SPDX-License-Identifier: Apache-2.0

/// What the manifest says of one service, held against the rest of it (format §7.6).
enum ServiceRules {
    static func check(_ name: String, _ service: Service, _ manifest: Manifest) throws(ManifestFault) {
        let place = "services.\(name)"
        guard ReleaseName(name) != nil else { throw .badName(at: "services", name) }
        try checkReferences(service, manifest, place)
        guard !(service.run.isEmpty && service.image == nil) else { throw .contradiction(at: place + ".run") }
        for (variable, value) in ManifestRules.sorted(service.environment) {
            guard Grammar.isVariable(variable) else { throw .badName(at: place + ".environment", variable) }
            guard Grammar.isLine(value) else { throw .badText(at: "\(place).environment.\(variable)") }
        }
        for (id, port) in ManifestRules.sorted(service.ports) {
            guard Grammar.isIdentifier(id) else { throw .badName(at: place + ".ports", id) }
            guard (1...65535).contains(port.port) else { throw .badNumber(at: "\(place).ports.\(id)") }
        }
        for state in service.state where !Grammar.isIdentifier(state.name) {
            throw .badName(at: place + ".state", state.name)
        }
        guard service.strategy == .recreate || service.state.isEmpty || service.sharedState else {
            throw .contradiction(at: place + ".strategy")
        }
        try checkUnit(service, place)
        for check in service.health { try HealthRules.check(check, service, manifest, place + ".health") }
    }

    private static func checkReferences(_ service: Service, _ manifest: Manifest, _ place: String)
        throws(ManifestFault)
    {
        if let image = service.image, manifest.images[image] == nil {
            throw .unknownReference(at: place + ".image", image)
        }
        for name in service.config where manifest.config[name] == nil {
            throw .unknownReference(at: place + ".config", name)
        }
        for use in service.secrets where manifest.secrets[use.id] == nil {
            throw .unknownReference(at: place + ".secrets", use.id)
        }
        for dependency in service.after {
            switch dependency {
            case .service(let name):
                guard manifest.services[name] != nil else { throw .unknownReference(at: place + ".after", name) }
            case .unit(let name):
                guard Grammar.isLine(name), !name.isEmpty else { throw .badText(at: place + ".after") }
            }
        }
    }

    /// What goes into a unit file: a newline in it would be another directive.
    private static func checkUnit(_ service: Service, _ place: String) throws(ManifestFault) {
        guard Grammar.isIdentifier(service.stop.signal) else { throw .badText(at: place + ".stop.signal") }
        let limits = service.limits
        for number in [limits.memory, limits.cpu.map(Int64.init), limits.files.map(Int64.init)] where (number ?? 1) < 1
        {
            throw .badNumber(at: place + ".limits")
        }
        for (section, directives) in service.unit {
            guard Grammar.isIdentifier(section) else { throw .badName(at: place + ".unit", section) }
            for (directive, values) in directives {
                guard Grammar.isIdentifier(directive) else { throw .badName(at: place + ".unit", directive) }
                guard values.allSatisfy(Grammar.isLine) else { throw .badText(at: "\(place).unit.\(directive)") }
            }
        }
    }

    /// Services start in the order of `after`; a circle has none.
    static func checkOrder(_ services: [String: Service]) throws(ManifestFault) {
        var done: Set<String> = []
        var rest = services.keys.sorted()
        while !rest.isEmpty {
            let ready = rest.filter { name in
                (services[name]?.after ?? []).allSatisfy { dependency in
                    if case .service(let other) = dependency { done.contains(other) } else { true }
                }
            }
            guard !ready.isEmpty else { throw .dependencyCycle(rest) }
            done.formUnion(ready)
            rest.removeAll(where: done.contains)
        }
    }
}
