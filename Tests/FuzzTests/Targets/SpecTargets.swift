// SPDX-License-Identifier: Apache-2.0
import BundleSpecs
import Configuration
import YAMLDocuments

/// What authors and sites write: spec, settings, values, their schema, templates.
enum FuzzTargets {
    static let all: [String: FuzzTarget] = [
        "yaml": { bytes in _ = try YAMLDocument.parse(bytes, file: "f") },
        "spec": { bytes in _ = BundleSpec.examine(try YAMLDocument.parse(bytes, file: "bundle.yaml")) },
        "spec-text": { bytes in _ = try SpecText(String(decoding: bytes, as: UTF8.self), file: "bundle.yaml") },
        "host": { bytes in _ = try HostSettings.decode(try YAMLDocument.parse(bytes, file: "host.yaml")) },
        "policy": { bytes in _ = try HostPolicy.decode(try YAMLDocument.parse(bytes, file: "policy.yaml")) },
        "values": { bytes in
            var layers = ValueLayers()
            layers.add(try ValueDocument(bytes, file: "values.yaml"))
            _ = try layers.checked(against: nil)
        },
        "template": { bytes in
            _ = TemplateRenderer.problems(in: bytes, file: "f", names: KnownNames(["values": KnownNames.Shape(values)]))
            let rendered = try TemplateRenderer.render(
                bytes, file: "f", context: .map(["values": values, "name": "demo"]),
                secrets: .contents(["token": [104, 10, 0x0a]]))
            precondition(rendered.count <= TemplateRenderer.maximumOutputBytes)
        },
        "schema": { bytes in
            // A schema, a line of `%`, a value that is held to it.
            let parts = bytes.split(separator: UInt8(ascii: "%"), maxSplits: 1, omittingEmptySubsequences: false)
            let schema = try ValueSchema(try ValueDocument(Array(parts[0]), file: "schema").value)
            let value = parts.count > 1 ? try ValueDocument(Array(parts[1]), file: "values").value : values
            _ = schema.violations(in: value)
        },
        "pattern": { bytes in
            let parts = bytes.split(separator: 0x0a, maxSplits: 1, omittingEmptySubsequences: false)
            let pattern = try Pattern(String(decoding: parts[0], as: UTF8.self))
            _ = pattern.matches(parts.count > 1 ? String(decoding: parts[1], as: UTF8.self) : "aaaaaaaaaaaaaaaaaaaaaa")
        },
    ]

    private static let values: Value = .map([
        "text": "a text", "number": 7, "flag": true, "list": ["a", "b", 3, [1, 2]], "map": ["inner": ["deep": "x"]],
    ])
}
