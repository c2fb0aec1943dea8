// SPDX-License-Identifier: Apache-2.0

import Configuration
import FoundationEssentials

/// The test suite's own way from JSON to values, so that the schema's verdicts depend on no reader of ours.
struct JSONValue: Decodable {
    let value: Value

    init(from decoder: any Decoder) throws {
        if let keyed = try? decoder.container(keyedBy: AnyKey.self) {
            let keys = keyed.allKeys.sorted { $0.stringValue < $1.stringValue }
            value = .map(
                ValueMap(
                    try keys.map { (key: $0.stringValue, value: try keyed.decode(JSONValue.self, forKey: $0).value) }))
        } else if var list = try? decoder.unkeyedContainer() {
            var values: [Value] = []
            while !list.isAtEnd { values.append(try list.decode(JSONValue.self).value) }
            value = .list(values)
        } else {
            value = try Self.scalar(decoder.singleValueContainer())
        }
    }

    private static func scalar(_ container: any SingleValueDecodingContainer) throws -> Value {
        if container.decodeNil() { return .null }
        if let bool = try? container.decode(Bool.self) { return .bool(bool) }
        if let integer = try? container.decode(Int.self) { return .integer(integer) }
        if let number = try? container.decode(Double.self) { return .number(number) }
        return .text(try container.decode(String.self))
    }

    private struct AnyKey: CodingKey {
        let stringValue: String
        let intValue: Int? = nil
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}

/// A value from JSON text, as a test writes it.
func json(_ text: String) throws -> Value {
    try JSONDecoder().decode(JSONValue.self, from: Data(text.utf8)).value
}
