// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// Records as bytes: one line of JSON, keys sorted, so that equal records are equal bytes.
enum RecordCoding {
    static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return Array(try encoder.encode(value))
    }

    /// The bytes must be exactly what `encode` makes of the value: a key that this version does not know, one given
    /// twice, or one left out is refused, so that no field of a later version is lost by being written back.
    /// - Returns: nil when they are not.
    static func decode<Value: Codable>(_ type: Value.Type, _ bytes: some Collection<UInt8>) -> Value? {
        guard let value = try? JSONDecoder().decode(type, from: Data(bytes)), let again = try? encode(value),
            again.elementsEqual(bytes)
        else { return nil }
        return value
    }
}
