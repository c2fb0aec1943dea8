// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import YAMLDocuments

/// `/etc/NAME/host.yaml`: what one machine does otherwise.
package struct HostSettings: Equatable, Sendable {
    /// `SERVICE.PORT` → the port that clients use here.
    package var ports: [String: Int] = [:]
    /// `SERVICE.NAME` → an absolute directory.
    package var state: [String: String] = [:]
    /// A mapping over the site's values.
    package var values: YAMLNode?
    /// How many releases to keep.
    package var keep: Int?
    /// What `host.address` is here, instead of what the machine says.
    package var address: String?
    /// Whether the limits of both slots may add up to more memory than there is.
    package var overcommit = false
    /// What this host is for; nil when the document does not say.
    package var roles: [String]?
    /// Where each network of the release is, seen from here.
    package var networks: [String: [AddressRange]] = [:]
    /// What leads clients to the slot that serves; nil when the document does not say.
    package var traffic: TrafficDriver?
    /// What runs images; nil when the document does not say.
    package var runtime: ContainerRuntime?
    /// Where each entry of `ports`, `state`, `roles` and `networks` stands, by its key.
    private var places: [String: Place] = [:]

    package init() {}

    /// Decodes the document; one of comments only says nothing.
    ///
    /// - Throws: everything that is wrong, in the order of the text.
    package static func decode(_ node: YAMLNode) throws(SpecProblems) -> HostSettings {
        let ledger = ProblemLedger()
        let document = node.isNull ? YAMLNode(place: node.place, content: .mapping([])) : node
        let section = Section(document, .site, path: "", ledger, fallback: node.place)
        var settings = HostSettings()
        settings.keep = section.integer("keep", 1...1000)
        settings.overcommit = section.boolean("overcommit") ?? false
        settings.traffic = section.choice("traffic", TrafficDriver.self)
        settings.runtime = section.choice("runtime", ContainerRuntime.self)
        settings.address = section.text("address", .hostAddress)
        if let values = section["values"] {
            if values.mapping != nil { settings.values = values } else { ledger.wrongType(values, "values", .mapping) }
        }
        settings.readPorts(section)
        settings.readState(section)
        settings.readRoles(section)
        settings.readNetworks(section)
        guard ledger.problems.isEmpty else { throw SpecProblems(ledger.problems) }
        return settings
    }

    private mutating func readRoles(_ section: Section) {
        guard section.has("roles") else { return }
        let texts = section.texts("roles", .name)
        roles = texts.map(\.text)
        for (text, place) in texts { places["roles.\(text)"] = place }
    }

    private mutating func readNetworks(_ section: Section) {
        for pair in section.entries("networks", grammar: .name) {
            let path = "networks.\(pair.name)"
            guard let nodes = pair.value.sequence else {
                section.ledger.wrongType(pair.value, path, .list)
                continue
            }
            networks[pair.name] = nodes.compactMap { node in
                let range = node.string.flatMap { AddressRange($0) }
                if range == nil { section.ledger.badText(node, path, .addressRange) }
                return range
            }
            places[path] = pair.key.place
        }
    }

    private mutating func readPorts(_ section: Section) {
        for pair in section.entries("ports", grammar: .dottedName) {
            guard let number = pair.value.int else {
                section.ledger.wrongType(pair.value, "ports.\(pair.name)", .integer)
                continue
            }
            guard (1...65535).contains(number) else {
                section.ledger.report(
                    pair.value.place, .outOfRange(path: "ports.\(pair.name)", number: number, range: 1...65535))
                continue
            }
            ports[pair.name] = number
            places["ports.\(pair.name)"] = pair.key.place
        }
    }

    private mutating func readState(_ section: Section) {
        for pair in section.entries("state", grammar: .dottedName) {
            guard let path = pair.value.string else {
                section.ledger.wrongType(pair.value, "state.\(pair.name)", .text)
                continue
            }
            guard StateOverride.isAbsolute(path) else {
                section.ledger.badText(pair.value, "state.\(pair.name)", .absolutePath)
                continue
            }
            guard StateOverride.isForServices(path) else {
                section.ledger.badText(pair.value, "state.\(pair.name)", .stateDirectory)
                continue
            }
            state[pair.name] = path
            places["state.\(pair.name)"] = pair.key.place
        }
    }

    /// Overrides of what the release does not have, and stable ports that two services would then share.
    package func problems(
        against services: [String: Service], roles knownRoles: [String] = [], networks knownNetworks: [String] = []
    ) -> [SpecProblem] {
        let stable = services.flatMap { name, service in
            service.ports.filter { $0.value.expose != .slot }.map { ("\(name).\($0.key)", $0.value.port) }
        }
        let directories = services.flatMap { name, service in service.state.map { "\(name).\($0.name)" } }
        var problems = unknown(ports.keys, .port, "ports", among: stable.map(\.0))
        problems += unknown(state.keys, .state, "state", among: directories)
        problems += unknown(roles ?? [], .role, "roles", among: knownRoles)
        problems += unknown(networks.keys, .network, "networks", among: knownNetworks)
        var owners: [Int: String] = [:]
        for (name, declared) in stable.sorted(by: { $0.0 < $1.0 }) {
            let number = ports[name] ?? declared
            guard let other = owners.updateValue(name, forKey: number) else { continue }
            guard let place = places["ports.\(name)"] ?? places["ports.\(other)"] else { continue }
            let first = places["ports.\(other)"] ?? place
            problems.append(SpecProblem(place, .duplicate(.stablePort, name: "\(number)", first: first)))
        }
        return (problems + sharedDirectories()).sorted()
    }

    /// Two states in one directory, or one inside of another: each would find the other's files among its own.
    private func sharedDirectories() -> [SpecProblem] {
        var problems: [SpecProblem] = []
        let moved = state.sorted { $0.key < $1.key }
        for (index, (name, path)) in moved.enumerated() {
            guard let other = moved[..<index].first(where: { StateOverride.meet($0.value, path) }),
                let place = places["state.\(name)"], let first = places["state.\(other.key)"]
            else { continue }
            problems.append(SpecProblem(place, .duplicate(.state, name: path, first: first)))
        }
        return problems
    }

    private func unknown(
        _ names: some Sequence<String>, _ kind: SpecProblem.Declared, _ key: String, among known: [String]
    ) -> [SpecProblem] {
        names.filter { !known.contains($0) }.compactMap { name in
            places["\(key).\(name)"].map { place in
                let nearest = NearestName.of(name, among: known)
                return SpecProblem(place, .unknownReference(kind, name: name, nearest: nearest))
            }
        }
    }
}
