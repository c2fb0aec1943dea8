// SPDX-License-Identifier: Apache-2.0
package import YAMLDocuments

/// Values as one file gives them, with the place of each.
package struct ValueDocument: Equatable, Sendable {
    package let value: Value
    /// Of the value itself.
    let places: [ValuePath: Place]
    /// Of the key that leads to it.
    let keyPlaces: [ValuePath: Place]

    /// Reads a file of YAML, and so of JSON.
    /// - Parameter file: what places call it.
    package init(_ bytes: [UInt8], file: String) throws(YAMLError) {
        self.init(try YAMLDocument.parse(bytes, file: file))
    }

    /// Takes a part of a document that was read already, like `values:` of host.yaml.
    package init(_ node: YAMLNode) {
        var reader = Reader()
        value = reader.value(node, ValuePath())
        places = reader.places
        keyPlaces = reader.keyPlaces
    }

    private struct Reader {
        var places: [ValuePath: Place] = [:]
        var keyPlaces: [ValuePath: Place] = [:]

        mutating func value(_ node: YAMLNode, _ path: ValuePath) -> Value {
            places[path] = node.place
            switch node.content {
            case .mapping(let pairs):
                var map = ValueMap()
                for pair in pairs {
                    let below = path.appending(pair.name)
                    keyPlaces[below] = pair.key.place
                    map[pair.name] = value(pair.value, below)
                }
                return .map(map)
            case .sequence(let nodes):
                return .list(nodes.enumerated().map { value($0.element, path.appending($0.offset)) })
            case .scalar(let scalar): return Self.scalar(scalar)
            }
        }

        private static func scalar(_ scalar: YAMLScalar) -> Value {
            switch scalar.value {
            case .null: .null
            case .bool(let bool): .bool(bool)
            case .int(let integer): .integer(integer)
            // Not a number, or endless: JSON has neither, so that a schema cannot speak of it.
            case .float(let number): number.isFinite ? .number(number) : .text(scalar.text)
            case .string(let text): .text(text)
            }
        }
    }
}
