// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

extension KnownNames {
    /// The names that a release's own declarations give to the templates of one service, or of a config file.
    ///
    /// - Parameters:
    ///   - values: the shape of the author's defaults and schema; see `Shape.values(defaults:schema:)`.
    ///   - service: as in `TemplateContext.make`.
    ///   - isCheck: whether `file` is there too.
    package init(manifest: Manifest, values: Shape, service: String?, isCheck: Bool = false) {
        let services = manifest.services
        let address = services.mapValues { Self.ports($0, members: ["address", "port"]) }
        names = [
            "name": .scalar, "version": .scalar, "arch": .scalar, "slot": .scalar, "bin": .scalar, "share": .scalar,
            "config": .scalar, "host": MachineFacts.shape, "values": values,
            "secrets": .map(manifest.secrets.mapValues { _ in .scalar }, isOpen: false),
            "address": .map(address, isOpen: false),
            "credentials": .map(services.mapValues { _ in .scalar }, isOpen: false),
        ]
        if let service, let declared = services[service] {
            names["listen"] = Self.ports(declared, members: ["address", "port", "v6", "address6"])
            let state = declared.state.map { ($0.name, Shape.scalar) }
            names["state"] = .map(Dictionary(state) { first, _ in first }, isOpen: false)
        }
        if isCheck { names["file"] = .scalar }
    }

    private static func ports(_ service: Service, members: [String]) -> Shape {
        var keys: [String: Shape] = [:]
        for port in service.ports.keys {
            keys[port] = .scalar
            for member in members { keys["\(port).\(member)"] = .scalar }
        }
        return .map(keys, isOpen: false)
    }
}

extension KnownNames.Shape {
    /// What values a site may have: the keys of the defaults and those that the schema names. Without either, nothing
    /// is known of `values`, and every name below it is allowed.
    package static func values(defaults: Value?, schema: ValueSchema?) -> KnownNames.Shape {
        let declared = schema.map { $0.shape(of: ValueSchema.root, depth: 0) }
        let given = defaults.map { KnownNames.Shape($0) }
        switch (given, declared) {
        case (let given?, let declared?): return given.merged(with: declared)
        case (let one?, nil), (nil, let one?): return one
        case (nil, nil): return .any
        }
    }
}

extension ValueSchema {
    /// The keys that a schema names. They close the map: a template that reads a key which neither the defaults nor the
    /// schema name is a misspelling far more often than a wish.
    func shape(of index: Int, depth: Int) -> KnownNames.Shape {
        guard depth < 20 else { return .any }
        var shape: KnownNames.Shape?
        for rule in nodes[index].rules {
            let found: KnownNames.Shape?
            switch rule {
            case .object(let properties, let patterns, let additional):
                let isOpen = !patterns.isEmpty || additional.map { nodes[$0].rules != [.never] } ?? properties.isEmpty
                found = .map(properties.mapValues { self.shape(of: $0, depth: depth + 1) }, isOpen: isOpen)
            case .array(let prefix, let items):
                let elements = (prefix + [items].compactMap { $0 }).map { self.shape(of: $0, depth: depth + 1) }
                found = .list(elements.dropFirst().reduce(elements.first ?? .any) { $0.merged(with: $1) })
            case .types(let names): found = Self.shape(of: names)
            case .reference(let node): found = self.shape(of: node, depth: depth + 1)
            case .all, .any, .one, .conditional: return .any
            default: found = nil
            }
            guard let found else { continue }
            // "type: object" says nothing that "properties" does not say better.
            shape = found == .any ? shape ?? .any : shape == nil || shape == .any ? found : shape?.merged(with: found)
        }
        return shape ?? .any
    }

    private static func shape(of names: [String]) -> KnownNames.Shape {
        let scalars: Set<String> = ["boolean", "integer", "number", "string"]
        return scalars.isSuperset(of: names) ? .scalar : .any
    }
}
