// SPDX-License-Identifier: Apache-2.0

/// A value of a site, of a default or of a template's context: what YAML and JSON have in common.
package indirect enum Value: Sendable {
    case null
    case bool(Bool)
    case integer(Int)
    /// Finite; a whole number that fits is `.integer` unless it was written with a point.
    case number(Double)
    case text(String)
    case list([Value])
    case map(ValueMap)

    /// The type's name in JSON Schema and in messages; `1.0` counts as an integer (draft 2020-12, validation §6.1.1).
    package var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "boolean"
        case .integer: "integer"
        case .number(let number): number.rounded() == number ? "integer" : "number"
        case .text: "string"
        case .list: "array"
        case .map: "object"
        }
    }

    package var map: ValueMap? {
        if case .map(let map) = self { map } else { nil }
    }

    package var list: [Value]? {
        if case .list(let list) = self { list } else { nil }
    }

    package var text: String? {
        if case .text(let text) = self { text } else { nil }
    }

    package var double: Double? {
        switch self {
        case .integer(let integer): Double(integer)
        case .number(let number): number
        default: nil
        }
    }

    /// The value at the end of the path, nil where a step leads nowhere.
    package subscript(path: ValuePath) -> Value? {
        var current = self
        for step in path.steps {
            switch (step, current) {
            case (.key(let key), .map(let map)):
                guard let next = map[key] else { return nil }
                current = next
            case (.index(let index), .list(let list)):
                guard list.indices.contains(index) else { return nil }
                current = list[index]
            default: return nil
            }
        }
        return current
    }
}

/// Equality as JSON Schema has it (core §4.2.2): numbers by value, maps without order, texts scalar by scalar.
extension Value: Equatable {
    package static func == (left: Value, right: Value) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.integer(let integer), .number(let number)), (.number(let number), .integer(let integer)):
            Int(exactly: number) == integer
        // Swift's == would take a composed and a decomposed letter for one; a program that reads the value does not.
        case (.text(let left), .text(let right)): left.utf8.elementsEqual(right.utf8)
        case (.list(let left), .list(let right)): left == right
        case (.map(let left), .map(let right)): left.hasSameEntries(as: right)
        default: false
        }
    }
}
