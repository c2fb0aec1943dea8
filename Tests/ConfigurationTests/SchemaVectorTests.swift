// SPDX-License-Identifier: Apache-2.0

import Configuration
import Foundation
import Testing

/// The official test suite's required cases for draft 2020-12.
struct SchemaVectorTests {
    static let folder = URL(filePath: FileManager.default.currentDirectoryPath).appending(
        path: "../shared/vectors/json-schema")
    static let isHere = FileManager.default.fileExists(atPath: folder.path)

    /// Every keyword of the subset, by the suite's file.
    static let supported = [
        "additionalProperties", "allOf", "anyOf", "boolean_schema", "const", "default", "defs", "enum",
        "exclusiveMaximum", "exclusiveMinimum", "format", "if-then-else", "infinite-loop-detection", "items",
        "maxItems", "maxLength", "maxProperties", "maximum", "minItems", "minLength", "minProperties", "minimum",
        "multipleOf", "not", "oneOf", "pattern", "patternProperties", "prefixItems", "properties", "propertyNames",
        "ref", "required", "type", "uniqueItems",
    ]

    /// Groups of the suite whose schema uses something outside of the subset: each must be refused, for this reason.
    static let refused: [String: Int] = ["additionalProperties": 1, "defs": 1, "not": 1, "ref": 17]

    @Test(.enabled(if: isHere, "../shared/vectors is not here: skipped"), arguments: supported)
    func verdictsAreTheSuites(keyword: String) throws {
        var refusals: [String] = []
        var checked = 0
        for group in try groups(keyword) {
            guard let schema = try compiled(group, &refusals) else { continue }
            for test in group.map?["tests"]?.list ?? [] {
                let data = try #require(test.map?["data"])
                let isValid = schema.violations(in: data).isEmpty
                let name =
                    "\(keyword): \(group.map?["description"]?.text ?? ""): \(test.map?["description"]?.text ?? "")"
                #expect(.bool(isValid) == test.map?["valid"], "\(name)")
                checked += 1
            }
        }
        #expect(refusals.count == Self.refused[keyword] ?? 0, "\(refusals)")
        #expect(checked > 0 || keyword == "defs")
    }

    /// What is outside of the subset is refused, group by group, and never taken for a schema that allows all.
    @Test(
        .enabled(if: isHere, "../shared/vectors is not here: skipped"),
        arguments: [
            "contains", "dependentRequired", "dependentSchemas", "dynamicRef", "maxContains", "minContains",
            "unevaluatedItems", "unevaluatedProperties", "content", "vocabulary", "anchor", "refRemote",
        ])
    func unsupportedIsRefused(keyword: String) throws {
        for group in try groups(keyword) {
            let schema = try #require(group.map?["schema"])
            #expect(throws: ConfigurationError.self, "\(group.map?["description"]?.text ?? "")") {
                try ValueSchema(schema)
            }
        }
    }

    private func groups(_ keyword: String) throws -> [Value] {
        let text = try String(contentsOf: Self.folder.appending(path: keyword + ".json"), encoding: .utf8)
        return try #require(try json(text).list)
    }

    private func compiled(_ group: Value, _ refusals: inout [String]) throws -> ValueSchema? {
        do { return try ValueSchema(#require(group.map?["schema"])) } catch let error as ConfigurationError {
            refusals.append("\(group.map?["description"]?.text ?? ""): \(error)")
            return nil
        }
    }
}
