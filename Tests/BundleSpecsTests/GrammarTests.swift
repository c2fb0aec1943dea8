// SPDX-License-Identifier: Apache-2.0
import BundleSpecs
import Foundation
import Testing
import YAMLDocuments

private let directory = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .appendingPathComponent("../../bundle-spec").standardizedFileURL

private func read(_ name: String) throws -> YAMLNode {
    let data = try Data(contentsOf: directory.appendingPathComponent(name))
    return try YAMLDocument.parse(Array(data), file: name)
}

/// The mappings at a table's path: `services.*.ports.*`, `binaries[]`.
private func mappings(at path: String, in root: YAMLNode) -> [YAMLNode] {
    var nodes = [root]
    for step in path.split(separator: ".") {
        let name = step.hasSuffix("[]") ? String(step.dropLast(2)) : String(step)
        nodes = nodes.flatMap { node -> [YAMLNode] in
            if name == "*" { return node.mapping?.map(\.value) ?? [] }
            return node[name].map { [$0] } ?? []
        }
        if step.hasSuffix("[]") { nodes = nodes.flatMap { $0.sequence ?? [] } }
    }
    return nodes.filter { $0.mapping != nil }
}

@Suite("The grammar's one list of keys")
struct GrammarTests {
    @Test("is shown by the annotated example, every key of it", arguments: SpecTable.spec.map(\.path))
    func example(_ path: String) throws {
        let table = try #require(SpecTable.spec.first { $0.path == path })
        let shown = Set(mappings(at: path, in: try read("bundle.yaml")).flatMap { $0.mapping?.map(\.name) ?? [] })
        #expect(shown == Set(table.keys.map(\.name)))
    }

    @Test("is the JSON Schema's, with what is required", arguments: SpecTable.spec.map(\.path))
    func schema(_ path: String) throws {
        let table = try #require(SpecTable.spec.first { $0.path == path })
        let document = try read("schema.json")
        let schema = try #require(path.isEmpty ? document : document["$defs"]?[path])
        #expect(Set(schema["properties"]?.mapping?.map(\.name) ?? []) == Set(table.keys.map(\.name)))
        #expect(schema["additionalProperties"]?.bool == false)
        let required = schema["required"]?.sequence?.compactMap(\.string) ?? []
        // An editor cannot know the last part of a path that holds a variable; the decoder asks for `as` and `to` then.
        #expect(Set(required) == Set(table.keys.filter(\.isRequired).map(\.name)))
        for key in table.keys {
            let text = schema["properties"]?[key.name]?["description"]?.string ?? ""
            #expect(text.hasPrefix("not built yet") == !key.isBuilt, "\(path).\(key.name)")
        }
    }

    @Test("has nothing but later keys to complain about in the annotated example")
    func annotated() throws {
        let (_, problems) = BundleSpec.examine(try read("bundle.yaml"))
        let later = problems.compactMap { if case .notBuiltYet(let key) = $0.kind { key } else { nil } }
        #expect(later.count == problems.count)
        // Every later key is refused somewhere, by its own name.
        for table in SpecTable.spec where !table.path.hasPrefix("jobs") {
            for key in table.keys where !key.isBuilt {
                #expect(later.contains { $0 == key.name || $0.hasSuffix(".\(key.name)") }, "\(table.path).\(key.name)")
            }
        }
    }

    @Test(
        "is enough for the examples",
        arguments: ["single-api", "five-services", "container-and-state", "postgres/bundle"])
    func examples(_ name: String) throws {
        let (spec, problems) = BundleSpec.examine(try read("examples/\(name).yaml"))
        #expect(spec != nil)
        #expect(problems.isEmpty)
    }
}
