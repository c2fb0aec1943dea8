// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import YAMLDocuments

extension BundleSpec {
    /// The version of the grammar; any other is refused.
    static let grammar = 1
    static let keys = [
        "spec", "name", "summary", "arch", "include", "requires", "roles", "networks", "binaries", "files", "images",
        "values", "secrets", "config", "services", "jobs", "cutover", "docs", "kubernetes", "packages",
    ]
    /// In the grammar and not built in this version.
    static let laterKeys = ["include", "roles", "networks", "jobs", "kubernetes", "packages"]

    /// Reads a spec.
    /// - Throws: `SpecProblems` with everything that is wrong.
    package static func decode(_ node: YAMLNode) throws(SpecProblems) -> BundleSpec {
        let reader = SpecReader()
        let spec = read(node, reader)
        guard reader.problems.isEmpty, let spec else { throw SpecProblems(reader.problems) }
        return spec
    }

    private static func read(_ node: YAMLNode, _ reader: SpecReader) -> BundleSpec? {
        guard let top = reader.keys(node, keys) else { return nil }
        for key in laterKeys { reader.refuse(top[key], key) }
        if let version = top.required("spec"), version.int != grammar {
            reader.note(version.place, .badValue(version.scalar?.text ?? "", expected: "\(grammar)"))
        }
        let name = reader.parsed(
            top.required("name"), expected: "a lower-case letter, then up to 24 of a-z, 0-9 and -, and not bundle"
        ) { ReleaseName($0) }
        let services = ServiceDecoder(reader: reader).services(top.required("services"))
        let values = top["values"].flatMap { reader.keys($0, ["defaults", "schema"]) }
        let docs = top["docs"].flatMap { reader.keys($0, ["upgrade", "changelog", "more"]) }
        let spec = name.map { name in
            BundleSpec(
                name: name, summary: top.text("summary"), arch: architectures(top, reader),
                requires: RequirementsDecoder.read(top["requires"], reader),
                binaries: SourceDecoder.binaries(top["binaries"], reader),
                files: SourceDecoder.files(top["files"], reader), images: SourceDecoder.images(top["images"], reader),
                values: ValueSources(
                    defaults: SourceDecoder.path(values?["defaults"], reader),
                    schema: SourceDecoder.path(values?["schema"], reader)), secrets: secrets(top["secrets"], reader),
                config: SourceDecoder.config(top["config"], reader), services: services.mapValues(\.service),
                cutover: cutover(top["cutover"], reader),
                docs: DocumentSources(
                    upgrade: SourceDecoder.path(docs?["upgrade"], reader),
                    changelog: SourceDecoder.path(docs?["changelog"], reader),
                    more: reader.list(docs?["more"]).compactMap { SourceDecoder.path($0, reader) }))
        }
        if let spec { ReferenceCheck(spec: spec, declared: services, reader: reader).run() }
        return spec
    }

    private static func architectures(_ top: SpecReader.Keys, _ reader: SpecReader) -> [Architecture] {
        guard let node = top["arch"] else { return [.amd64] }
        let nodes = node.sequence ?? [node]
        return nodes.compactMap { reader.word($0, as: Architecture.self) }
    }

    private static func secrets(_ node: YAMLNode?, _ reader: SpecReader) -> [String: SecretDeclaration] {
        var found: [String: SecretDeclaration] = [:]
        for pair in reader.names(node, Grammar.isIdentifier, expected: "letters, digits, . _ -") {
            let known = ["required", "about", "generate", "certificate-for", "warn"]
            guard let keys = reader.keys(pair.value, known) else { continue }
            for later in ["generate", "certificate-for", "warn"] { reader.refuse(keys[later], "secrets.\(later)") }
            found[pair.name] = SecretDeclaration(
                required: reader.flag(keys["required"]) ?? true, about: keys.text("about"))
        }
        return found
    }

    private static func cutover(_ node: YAMLNode?, _ reader: SpecReader) -> CutoverSettings {
        var settings = CutoverSettings()
        guard let node, let keys = reader.keys(node, ["health-timeout", "bake", "drain", "promote"]) else {
            return settings
        }
        settings.healthTimeout = reader.span(keys["health-timeout"]) ?? settings.healthTimeout
        settings.bake = reader.span(keys["bake"]) ?? settings.bake
        settings.drain = reader.span(keys["drain"]) ?? settings.drain
        if let promote = keys["promote"], promote.string != "automatic" { reader.refuse(promote, "cutover.promote") }
        return settings
    }
}
