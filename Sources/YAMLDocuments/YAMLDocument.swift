// SPDX-License-Identifier: Apache-2.0

/// Texts in YAML, read one document at a time.
package enum YAMLDocument {
    package static let limitBytes = 4 << 20
    package static let limitDepth = 64

    /// Reads one whole document of at most 4 MiB and 64 levels. A text of nothing but comments is the null scalar.
    ///
    /// - Parameter file: what places call it; nothing is opened.
    package static func parse(_ bytes: [UInt8], file: String) throws(YAMLError) -> YAMLNode {
        guard bytes.count <= limitBytes else { throw .tooLarge(file: file, bytes: bytes.count) }
        // A byte order mark is not part of the text, and takes no column.
        let body = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...]
        if let offset = firstFault(body) { throw .notUTF8(file: file, offset: offset) }
        let text = String(decoding: body, as: UTF8.self)
        try refuseAnchors(body, text: text, file: file)
        return try Composition(text: text, file: file).root()
    }

    /// Yams hashes keys to find duplicates, and a key may be an alias: hashing one that nests a few dozen others would never
    /// end. So a text that could hold both anchors and aliases is first composed with every `*` blunted to `~`. An alias
    /// then cannot stand in it, nothing is walked twice, and up to the first alias it is the same document: any
    /// anchor that an alias could use is found here.
    private static func refuseAnchors(_ body: ArraySlice<UInt8>, text: String, file: String) throws(YAMLError) {
        guard body.contains(UInt8(ascii: "*")), body.contains(UInt8(ascii: "&")) else { return }
        let blunted = body.map { $0 == UInt8(ascii: "*") ? UInt8(ascii: "~") : $0 }
        do {
            _ = try Composition(text: String(decoding: blunted, as: UTF8.self), file: file).root()
        } catch .duplicateKey {
            // Two keys that differ in one character; no anchor came before them, or it would have been reported.
        }
    }

    /// The offset of the first byte that is not part of well-formed UTF-8.
    private static func firstFault(_ bytes: ArraySlice<UInt8>) -> Int? {
        var decoder = UTF8()
        var iterator = bytes.makeIterator()
        var offset = bytes.startIndex
        while true {
            switch decoder.decode(&iterator) {
            case .scalarValue(let scalar): offset += UTF8.width(scalar)
            case .emptyInput: return nil
            case .error: return offset
            }
        }
    }
}
