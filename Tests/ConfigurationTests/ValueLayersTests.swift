// SPDX-License-Identifier: Apache-2.0

import Configuration
import Testing
import YAMLDocuments

private func document(_ text: String, _ file: String = "values.yaml") throws -> ValueDocument {
    try ValueDocument(Array(text.utf8), file: file)
}

private func layers(_ texts: String...) throws -> ValueLayers {
    var layers = ValueLayers()
    for (index, text) in texts.enumerated() { layers.add(try document(text, "layer\(index)")) }
    return layers
}

struct ValueLayersTests {
    @Test(arguments: [
        ("a: 1\nb: {c: 2, d: [1, 2]}", "b: {d: [3]}\ne: x", #"{"a":1,"b":{"c":2,"d":[3]},"e":"x"}"#),
        ("a: {b: 1}", "a: null", #"{"a":null}"#),
        ("a: null", "a: {b: 1}", #"{"a":{"b":1}}"#),
        ("a: 1", "# nothing", #"{"a":1}"#),
        ("z: 1\na: 2", "a: 3\nz: 4", #"{"z":4,"a":3}"#),
    ])
    func merges(first: String, second: String, expected: String) throws {
        #expect(try layers(first, second).checked(against: nil).json == expected)
    }

    @Test func aMapAndAScalarNeverReplaceEachOther() throws {
        let merged = try layers("log: {level: info}\nport: 80\n", "port: {http: 1}\nlog: debug\n")
        #expect(
            throws: ConfigurationError.values([
                ValueProblem(
                    ValueViolation(path("port"), .wrongType(expected: ["integer"], found: "object")),
                    place: Place(file: "layer1", line: 1, column: 7)),
                ValueProblem(
                    ValueViolation(path("log"), .wrongType(expected: ["object"], found: "string")),
                    place: Place(file: "layer1", line: 2, column: 6)),
            ])
        ) { try merged.checked(against: nil) }
    }

    @Test func everyViolationHasTheLayerThatCausedIt() throws {
        let schema = try ValueSchema(
            document(
                """
                type: object
                required: [site, mode]
                additionalProperties: false
                properties:
                  site: { type: string }
                  mode: { enum: [a, b] }
                  port: { type: integer, maximum: 65535 }
                  peers: { type: array, items: { type: string } }
                """
            ).value)
        let merged = try layers("mode: a\nport: 80\npeers: []\n", "mode: c\nprot: 1\n", "port: 70000\npeers: [x, 5]\n")
        #expect(
            throws: ConfigurationError.values([
                ValueProblem(
                    ValueViolation(path(), .missing("site")), place: Place(file: "layer0", line: 1, column: 1)),
                ValueProblem(
                    ValueViolation(path("mode"), .notAmong(["a", "b"])),
                    place: Place(file: "layer1", line: 1, column: 7)),
                ValueProblem(
                    ValueViolation(path("port"), .outOfRange(.maximum, 65535)),
                    place: Place(file: "layer2", line: 1, column: 7)),
                ValueProblem(
                    ValueViolation(path("peers", 1), .wrongType(expected: ["string"], found: "integer")),
                    place: Place(file: "layer2", line: 2, column: 12)),
                ValueProblem(
                    ValueViolation(path("prot"), .unknownKey("prot", nearest: "port")),
                    place: Place(file: "layer1", line: 2, column: 1)),
            ])
        ) { try merged.checked(against: schema) }
    }

    private func path(_ steps: Any...) -> ValuePath {
        ValuePath(
            steps.compactMap { step in
                (step as? String).map { .key($0) } ?? (step as? Int).map { .index($0) }
            })
    }
}
