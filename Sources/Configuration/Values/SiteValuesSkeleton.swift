// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// A site's values.yaml to begin with: every value that a release knows, commented out at its default, with what the
/// author says about it; what is required and has no default stands uncommented and empty, so that it must be filled in.
package struct SiteValuesSkeleton: Equatable, Sendable {
    private let schema: ValueSchema?
    private var lines: [String] = []

    /// - Returns: YAML of LF lines.
    package static func text(manifest: Manifest, defaults: Value?, schema: ValueSchema?) -> String {
        var skeleton = SiteValuesSkeleton(schema: schema)
        skeleton.header(manifest)
        skeleton.map(defaults?.map ?? ValueMap(), node: schema == nil ? nil : ValueSchema.root, indent: "")
        skeleton.secrets(manifest)
        return skeleton.lines.joined(separator: "\n") + "\n"
    }

    private init(schema: ValueSchema?) { self.schema = schema }

    private mutating func header(_ manifest: Manifest) {
        lines.append("# /etc/\(manifest.name)/values.yaml: this site's values for \(manifest.name) \(manifest.version)")
        lines.append("# A commented line shows the default: uncomment it to change it. Lists are replaced whole.")
    }

    private mutating func map(_ defaults: ValueMap, node: Int?, indent: String) {
        let declared = node.map { schema?.skeletonProperties(of: $0) ?? [:] } ?? [:]
        let required = node.map { schema?.skeletonRequired(of: $0) ?? [] } ?? []
        for key in defaults.keys + declared.keys.filter({ defaults[$0] == nil }).sorted() {
            let child = declared[key]
            let value = defaults[key] ?? child.flatMap { schema?.nodes[$0].defaultValue }
            lines.append(indent.isEmpty ? "" : indent + "#")
            about(child, isRequired: required.contains(key), hasDefault: value != nil, indent: indent)
            entry(key, value, child: child, isRequired: required.contains(key), indent: indent)
        }
    }

    private mutating func about(_ node: Int?, isRequired: Bool, hasDefault: Bool, indent: String) {
        let text = node.flatMap { schema?.nodes[$0].about } ?? ""
        for line in text.split(whereSeparator: \.isNewline) { lines.append("\(indent)# \(line)") }
        var notes = node.flatMap { schema?.skeletonNotes(of: $0) } ?? []
        if isRequired, !hasDefault { notes.insert("required", at: 0) }
        if !notes.isEmpty { lines.append("\(indent)# (\(notes.joined(separator: "; ")))") }
    }

    private mutating func entry(_ key: String, _ value: Value?, child: Int?, isRequired: Bool, indent: String) {
        let name = Self.plain(key)
        let below = child.map { schema?.skeletonProperties(of: $0) ?? [:] } ?? [:]
        if case .map(let map)? = value, !map.isEmpty || !below.isEmpty {
            nested(name, map, child, indent: indent)
        } else if value == nil, !below.isEmpty {
            nested(name, ValueMap(), child, indent: indent)
        } else if let value {
            lines.append("\(indent)# \(name): \(value.json)")
        } else {
            lines.append(isRequired ? "\(indent)\(name):" : "\(indent)# \(name):")
        }
    }

    /// A map whose every line is a comment is one itself: `log:` alone would say null, and take its place.
    private mutating func nested(_ name: String, _ map: ValueMap, _ child: Int?, indent: String) {
        let start = lines.count
        lines.append("\(indent)\(name):")
        self.map(map, node: child, indent: indent + "  ")
        let isAllComments = lines[(start + 1)...].allSatisfy { $0.drop { $0 == " " }.hasPrefix("#") }
        if isAllComments { lines[start] = "\(indent)# \(name):" }
    }

    private mutating func secrets(_ manifest: Manifest) {
        guard !manifest.secrets.isEmpty else { return }
        lines += [
            "",
            "# Secrets are files of their own, root's, mode 0600: /etc/\(manifest.name)/secrets/ID",
        ]
        for (id, secret) in manifest.secrets.sorted(by: { $0.key < $1.key }) {
            let about = secret.about.map { ": \($0)" } ?? ""
            lines.append("#   \(id) (\(secret.required ? "required" : "optional"))\(about)")
        }
    }

    private static func plain(_ key: String) -> String {
        let isPlain =
            !key.isEmpty && key.utf8.allSatisfy { (0x61...0x7a).contains($0 | 0x20) || $0 == 0x5f || $0 == 0x2d }
        let words: Set<String> = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        return isPlain && !key.hasPrefix("-") && !words.contains(key.lowercased()) ? key : Value.text(key).json
    }
}

extension ValueSchema {
    func skeletonProperties(of index: Int, depth: Int = 0) -> [String: Int] {
        guard depth < 20 else { return [:] }
        var found: [String: Int] = [:]
        for rule in nodes[index].rules {
            switch rule {
            case .object(let properties, _, _): found.merge(properties) { first, _ in first }
            case .reference(let node):
                found.merge(skeletonProperties(of: node, depth: depth + 1)) { first, _ in first }
            case .all(let nodes):
                for node in nodes { found.merge(skeletonProperties(of: node, depth: depth + 1)) { first, _ in first } }
            default: break
            }
        }
        return found
    }

    func skeletonRequired(of index: Int) -> [String] {
        var names: [String] = []
        for rule in nodes[index].rules {
            if case .required(let required) = rule { names += required }
            if case .reference(let node) = rule { names += skeletonRequired(of: node) }
        }
        return names
    }

    /// What a person needs to know to choose a value.
    func skeletonNotes(of index: Int) -> [String] {
        nodes[index].rules.compactMap { rule in
            switch rule {
            case .types(let names): names.joined(separator: " or ")
            case .oneOfValues(let values): "one of " + values.map(\.json).joined(separator: ", ")
            case .limit(.minimum, let bound): "at least \(Self.shown(bound))"
            case .limit(.maximum, let bound): "at most \(Self.shown(bound))"
            case .pattern(let pattern): "matches \(pattern.source)"
            default: nil
            }
        }
    }

    private static func shown(_ number: Double) -> String { Int(exactly: number).map(String.init) ?? String(number) }
}
