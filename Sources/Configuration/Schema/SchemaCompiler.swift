// SPDX-License-Identifier: Apache-2.0

/// Reads a schema document into nodes, and gathers every fault on the way.
struct SchemaCompiler {
    static let dialect = "https://json-schema.org/draft/2020-12/schema"
    private static let maximumDepth = 64

    var nodes: [ValueSchema.Node] = []
    var faults: [SchemaFault] = []
    private var indices: [String: Int] = [:]
    private var paths: [ValuePath] = []
    private var references: [(node: Int, rule: Int, target: String)] = []

    mutating func compile(_ document: Value) throws(ConfigurationError) -> [ValueSchema.Node] {
        _ = node(document, pointer: "#", path: ValuePath())
        for reference in references {
            guard let target = indices[reference.target] else {
                fault(reference.node, .danglingReference(reference.target))
                continue
            }
            nodes[reference.node].rules[reference.rule] = .reference(target)
        }
        if faults.isEmpty, let node = SchemaCycles(nodes: nodes).first { fault(node, .endlessReference) }
        guard faults.isEmpty else { throw .schema(faults) }
        return nodes
    }

    mutating func fault(_ node: Int, _ reason: SchemaFault.Reason) {
        faults.append(SchemaFault(pointer: nodes[node].pointer, path: paths[node], reason: reason))
    }

    /// Compiles one schema and all below it.
    mutating func node(_ schema: Value, pointer: String, path: ValuePath) -> Int {
        let index = nodes.count
        nodes.append(ValueSchema.Node(pointer: pointer))
        paths.append(path)
        indices[pointer] = index
        guard path.steps.count <= Self.maximumDepth else {
            fault(index, .tooDeep)
            return index
        }
        switch schema {
        case .bool(true): break
        case .bool(false): nodes[index].rules = [.never]
        case .map(let map): keywords(map, of: index, path: path)
        default: fault(index, .badArgument(keyword: "schema", expected: "object or boolean"))
        }
        return index
    }

    /// Compiles the schema that one keyword of a node holds.
    mutating func child(_ schema: Value, of index: Int, _ steps: ValuePath.Step...) -> Int {
        var pointer = nodes[index].pointer
        for step in steps {
            switch step {
            case .key(let key): pointer += "/" + Self.escaped(key)
            case .index(let position): pointer += "/\(position)"
            }
        }
        return node(schema, pointer: pointer, path: ValuePath(paths[index].steps + steps))
    }

    mutating func add(_ rule: ValueSchema.Rule, to index: Int) { nodes[index].rules.append(rule) }

    /// Notes a `$ref`, which may point forward; it is resolved when all nodes are known.
    mutating func reference(_ text: String, from index: Int) {
        // core §8.2.3.1: only pointers into this document; a file of a bundle fetches nothing.
        guard text == "#" || text.hasPrefix("#/"), let target = Self.percentDecoded(text) else {
            fault(index, .foreignReference(text))
            return
        }
        references.append((index, nodes[index].rules.count, target))
        add(.never, to: index)
    }

    /// RFC 6901 §3.
    private static func escaped(_ key: String) -> String {
        var text = ""
        for character in key.unicodeScalars {
            switch character {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(character)
            }
        }
        return text
    }

    /// RFC 6901 §6: a pointer in a fragment is percent-encoded.
    private static func percentDecoded(_ text: String) -> String? {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 16) else {
                return nil
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self)
    }
}
