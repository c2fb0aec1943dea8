// SPDX-License-Identifier: Apache-2.0

/// Whether two readers see the same in a JSON document that others wrote, like an image's manifest.
///
/// Foundation's decoder takes the first of two equal keys and, of UTF-16, every byte; Go's takes the last one, whatever
/// its case, and no UTF-16. What is checked by one and run by the other must mean the same to both.
package enum ForeignJSON {
    /// Keys of image documents whose values have fields too. Elsewhere (labels, annotations) a key's case tells it apart.
    private static let structures: Set<String> = ["config", "rootfs", "layers", "manifests", "platform"]

    /// - Throws: `FormatError.badJSON` for what is no UTF-8, no JSON, deeper than 32, or has a key twice: also in another
    ///   case, where the keys are names of fields.
    package static func check(_ bytes: [UInt8]) throws(FormatError) {
        #if COUNT_UNPROVEN
            DecoderWatch.tell(.json, bytes)
        #endif
        let document = try StrictJSON.parse(bytes, isForeign: true)
        guard isUnambiguous(document) else { throw .badJSON(.duplicateKey, offset: 0) }
    }

    private static func isUnambiguous(_ value: JSONValue) -> Bool {
        switch value {
        case .array(let elements): return elements.allSatisfy(isUnambiguous)
        case .object(let members):
            guard Set(members.map { folded($0.key) }).count == members.count else { return false }
            return members.allSatisfy { !structures.contains(folded($0.key)) || isUnambiguous($0.value) }
        case .null, .bool, .integer, .string: return true
        }
    }

    /// As Go compares fields: beside the letters' two cases, U+017F is an s and U+212A a k.
    private static func folded(_ key: String) -> String { key.uppercased().lowercased() }
}
