// SPDX-License-Identifier: Apache-2.0

/// What the manifest says of one service, held against the rest of it (format §7.6).
enum ServiceRules {
    static func check(_ name: String, _ service: Service, _ manifest: Manifest) throws(ManifestFault) {
        let place = "services.\(name)"
        guard ReleaseName(name) != nil else { throw .badName(at: "services", name) }
        try checkReferences(service, manifest, place)
        guard !(service.run.isEmpty && service.image == nil) else { throw .contradiction(at: place + ".run") }
        try checkEnvironment(service.environment, place)
        for (id, port) in ManifestRules.sorted(service.ports) {
            guard Grammar.isIdentifier(id) else { throw .badName(at: place + ".ports", id) }
            guard (1...65535).contains(port.port), (1...65535).contains(port.container ?? 1) else {
                throw .badNumber(at: "\(place).ports.\(id)")
            }
            // Where a program would listen in spite of its slot is not ours to say.
            guard port.container == nil || service.image != nil && !port.bindAny else {
                throw .contradiction(at: "\(place).ports.\(id)")
            }
            if case .network(let network) = port.expose, manifest.networks[network] == nil {
                throw .unknownReference(at: "\(place).ports.\(id)", network)
            }
        }
        try checkContainer(service, place)
        for state in service.state where !Grammar.isIdentifier(state.name) {
            throw .badName(at: place + ".state", state.name)
        }
        guard service.strategy == .recreate || service.state.isEmpty || service.sharedState else {
            throw .contradiction(at: place + ".strategy")
        }
        try checkUnit(service, place)
        for check in service.health { try HealthRules.check(check, service, manifest, place + ".health") }
    }

    private static func checkContainer(_ service: Service, _ place: String) throws(ManifestFault) {
        guard service.image != nil || service.user == nil && !service.writableRoot else {
            throw .contradiction(at: place + ".image")
        }
        if let user = service.user {
            guard ContainerUser.range.contains(user.user), ContainerUser.range.contains(user.group) else {
                throw .badNumber(at: place + ".user")
            }
        }
        let fixed = service.ports.values.compactMap(\.container)
        guard Set(fixed).count == fixed.count else { throw .contradiction(at: place + ".ports") }
        // `--mount` of podman separates by commas, and a path of the image is one.
        for mount in service.state.compactMap(\.mount) {
            guard mount.hasPrefix("/"), mount != "/", Grammar.isLine(mount),
                !mount.contains(where: { ",:\"".contains($0) })
            else { throw .badText(at: place + ".state") }
        }
    }

    private static func checkReferences(_ service: Service, _ manifest: Manifest, _ place: String)
        throws(ManifestFault)
    {
        try References(manifest: manifest, place: place).check(
            image: service.image, config: service.config, secrets: service.secrets, after: service.after,
            roles: service.roles)
        if let value = service.when, !Grammar.isValueName(value) { throw .badText(at: place + ".when") }
    }

    /// What goes into a unit file: a newline in it would be another directive.
    private static func checkUnit(_ service: Service, _ place: String) throws(ManifestFault) {
        guard Grammar.isIdentifier(service.stop.signal) else { throw .badText(at: place + ".stop.signal") }
        try checkLimits(service.limits, place)
        for (section, directives) in service.unit {
            guard Grammar.isIdentifier(section) else { throw .badName(at: place + ".unit", section) }
            for (directive, values) in directives {
                guard Grammar.isIdentifier(directive) else { throw .badName(at: place + ".unit", directive) }
                guard values.allSatisfy(Grammar.isLine) else { throw .badText(at: "\(place).unit.\(directive)") }
            }
        }
    }

    static func checkLimits(_ limits: ResourceLimits, _ place: String) throws(ManifestFault) {
        let numbers = [limits.memory, limits.cpu.map(Int64.init), limits.files.map(Int64.init)]
        guard numbers.allSatisfy({ ($0 ?? 1) >= 1 }) else { throw .badNumber(at: place + ".limits") }
    }

    static func checkEnvironment(_ environment: [String: String], _ place: String) throws(ManifestFault) {
        for (variable, value) in ManifestRules.sorted(environment) {
            guard Grammar.isVariable(variable) else { throw .badName(at: place + ".environment", variable) }
            guard Grammar.isLine(value) else { throw .badText(at: "\(place).environment.\(variable)") }
        }
    }
}
