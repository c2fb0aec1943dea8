// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials

/// A typed value as canonical JSON and back: manifest, state record, receipts, trust roots.
///
/// Decoding accepts exactly the bytes that encoding the result gives, so an unknown key, a default that was spelled out
/// and a reordered object are all refused, and a document has one digest.
package enum CanonicalDocument {
    /// - Throws: `FormatError.badJSON` when the value holds a fraction or a NUL: nothing of ours does.
    package static func encode(_ value: some Encodable) throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.withoutEscapingSlashes]
        return CanonicalJSON.write(try StrictJSON.parse(Array(try encoder.encode(value)), isForeign: false))
    }

    /// - Parameters:
    ///   - document: the name that errors carry, like `manifest.json`.
    ///   - limit: bytes; more are refused before any is looked at.
    /// - Throws: `FormatError`.
    package static func decode<Value: Codable>(
        _ type: Value.Type, from bytes: [UInt8], document: String, limit: Int
    ) throws -> Value {
        guard bytes.count <= limit else {
            throw FormatError.tooLarge(document: document, limit: limit, found: Int64(bytes.count))
        }
        let parsed = try StrictJSON.parse(bytes)
        try compare(bytes, CanonicalJSON.write(parsed), document)
        let value: Value
        do {
            value = try JSONDecoder().decode(type, from: Data(bytes))
        } catch let error as DecodingError {
            throw FormatError.wrongShape(document: document, at: place(error))
        }
        try compare(bytes, try encode(value), document)
        return value
    }

    private static func compare(_ found: [UInt8], _ canonical: [UInt8], _ document: String) throws(FormatError) {
        guard found != canonical else { return }
        let offset = zip(found, canonical).enumerated().first { $0.element.0 != $0.element.1 }?.offset
        throw .notCanonical(document: document, offset: offset ?? min(found.count, canonical.count))
    }

    /// `services.web.ports`, with the key that is missing at its end.
    private static func place(_ error: DecodingError) -> String {
        switch error {
        case .typeMismatch(_, let context), .valueNotFound(_, let context), .dataCorrupted(let context):
            return text(context.codingPath)
        case .keyNotFound(let key, let context): return text(context.codingPath + [key])
        @unknown default: return ""
        }
    }

    private static func text(_ path: [any CodingKey]) -> String {
        path.map { key in key.intValue.map { "[\($0)]" } ?? key.stringValue }.joined(separator: ".")
    }
}
