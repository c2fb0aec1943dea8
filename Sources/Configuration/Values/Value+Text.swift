// SPDX-License-Identifier: Apache-2.0

extension Value {
    /// How a scalar is printed; nil for what has no one way: null, lists and maps.
    package var scalarText: String? {
        switch self {
        case .text(let text): text
        case .bool(let bool): bool ? "true" : "false"
        case .integer(let integer): String(integer)
        case .number(let number): String(number)
        case .null, .list, .map: nil
        }
    }

    /// As a condition: false, null, 0, and empty texts, lists and maps do not hold.
    package var isTrue: Bool {
        switch self {
        case .null: false
        case .bool(let bool): bool
        case .integer(let integer): integer != 0
        case .number(let number): number != 0
        case .text(let text): !text.isEmpty
        case .list(let list): !list.isEmpty
        case .map(let map): !map.isEmpty
        }
    }

    /// Compact JSON (RFC 8259), keys in the order in which they were written.
    package var json: String {
        switch self {
        case .null: "null"
        case .bool, .integer, .number: scalarText ?? "null"
        case .text(let text): Self.quoted(text)
        case .list(let list): "[" + list.map(\.json).joined(separator: ",") + "]"
        case .map(let map):
            "{" + map.entries.map { Self.quoted($0.key) + ":" + $0.value.json }.joined(separator: ",") + "}"
        }
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            case _ where scalar.value < 0x20 || scalar.value == 0x7f:
                let digits = String(scalar.value, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }
}
