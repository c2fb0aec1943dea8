// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// Reads what a release is collected from.
enum SourceDecoder {
    static func path(_ node: YAMLNode?, _ reader: SpecReader) -> SourcePath? {
        guard let node, let text = reader.text(node) else { return nil }
        guard !text.isEmpty, !text.hasPrefix("~") else {
            reader.note(node.place, .badValue(text, expected: "a path relative to the spec"))
            return nil
        }
        return SourcePath(text: text, place: node.place)
    }

    static func binaries(_ node: YAMLNode?, _ reader: SpecReader) -> [BinarySource] {
        reader.list(node).compactMap { item in
            guard let keys = reader.keys(item, ["from", "as"]), let from = path(keys.required("from"), reader) else {
                return nil
            }
            let fallback = from.text.split(separator: "/").last.map(String.init) ?? ""
            let name = keys.text("as") ?? fallback
            guard ReleasePath("bin/" + name) != nil, !name.contains("/") else {
                reader.note((keys["as"] ?? item).place, .badValue(name, expected: "a file name"))
                return nil
            }
            return BinarySource(from: from, as: name)
        }
    }

    static func files(_ node: YAMLNode?, _ reader: SpecReader) -> [FileSource] {
        reader.list(node).compactMap { item in
            guard let keys = reader.keys(item, ["from", "to"]), let from = path(keys.required("from"), reader),
                let to = keys.required("to"), let name = reader.text(to)
            else { return nil }
            guard ReleasePath("share/" + name) != nil, let to = ReleasePath(name) else {
                reader.note(to.place, .badValue(name, expected: "a path below share"))
                return nil
            }
            return FileSource(from: from, to: to)
        }
    }

    static func images(_ node: YAMLNode?, _ reader: SpecReader) -> [String: ImageSource] {
        var found: [String: ImageSource] = [:]
        let expected = "a lower-case letter, then a-z, 0-9 and -"
        for pair in reader.names(node, { ReleaseName($0) != nil }, expected: expected) {
            guard let keys = reader.keys(pair.value, ["ref", "archive", "digest"]) else { continue }
            if let ref = keys["ref"] {
                reader.refuse(ref, "images.ref")
                continue
            }
            guard let archive = path(keys.required("archive"), reader) else { continue }
            let digest = reader.parsed(keys["digest"], expected: "sha256: and 64 lower-case hexadecimal digits") {
                $0.hasPrefix("sha256:") ? Digest(hex: $0.dropFirst(7)) : nil
            }
            found[pair.name] = ImageSource(archive: archive, digest: digest, place: pair.key.place)
        }
        return found
    }

    static func config(_ node: YAMLNode?, _ reader: SpecReader) -> [String: ConfigSource] {
        var found: [String: ConfigSource] = [:]
        for pair in reader.names(node, { ReleasePath($0) != nil && !$0.contains("/") }, expected: "a file name") {
            guard let keys = reader.keys(pair.value, ["template", "check", "sensitive"]) else { continue }
            reader.refuse(keys["sensitive"], "config.sensitive")
            guard let template = path(keys.required("template"), reader) else { continue }
            found[pair.name] = ConfigSource(template: template, check: reader.texts(keys["check"]))
        }
        return found
    }
}

/// Reads `requires:`.
enum RequirementsDecoder {
    static func read(_ node: YAMLNode?, _ reader: SpecReader) -> Requirements {
        guard let node, let keys = reader.keys(node, ["bundle", "upgrade-from", "host"]) else { return Requirements() }
        let host = keys["host"].flatMap {
            reader.keys($0, ["systemd", "kernel", "commands", "units", "memory"])
        }
        return Requirements(
            bundle: atLeast(keys["bundle"], reader, "\">=1.0.0\"", version),
            upgradeFrom: atLeast(keys["upgrade-from"], reader, "\">=1.2.0\"", version),
            systemd: atLeast(host?["systemd"], reader, "\">=247\"") { Int($0) },
            kernel: atLeast(host?["kernel"], reader, "\">=5.10\"") { text in
                text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy { Int($0) != nil } ? text : nil
            },
            commands: reader.texts(host?["commands"]), units: reader.texts(host?["units"]),
            memory: reader.parsed(host?["memory"], expected: "a size such as 512M or 2G", ByteSize.parse))
    }

    /// `1.0` is `1.0.0`.
    private static func version(_ text: String) -> Version? { Version(text) ?? Version(text + ".0") }

    private static func atLeast<Value>(
        _ node: YAMLNode?, _ reader: SpecReader, _ example: String, _ parse: @escaping (String) -> Value?
    ) -> Value? {
        reader.parsed(node, expected: example) { text in
            text.hasPrefix(">=") ? parse(String(text.dropFirst(2).drop { $0 == " " })) : nil
        }
    }
}
