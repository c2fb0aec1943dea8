// SPDX-License-Identifier: Apache-2.0

/// Texts in YAML, read one document at a time.
package enum YAMLDocument {
    package static let limitBytes = 4 << 20
    package static let limitDepth = 64

    /// Reads one whole document of at most 4 MiB and 64 levels: YAML 1.2 as libyaml reads it. A text of nothing but comments is the null scalar.
    ///
    /// - Parameter file: what places call it; nothing is opened.
    package static func parse(_ bytes: [UInt8], file: String) throws(YAMLError) -> YAMLNode {
        guard bytes.count <= limitBytes else { throw .tooLarge(file: file, bytes: bytes.count) }
        // A byte order mark is not part of the text, and takes no column.
        let body = bytes.starts(with: [0xef, 0xbb, 0xbf]) ? bytes[3...] : bytes[...]
        if let offset = firstFault(body) { throw .notUTF8(file: file, offset: offset) }
        return try Composition(EventReader(body, file: file)).root()
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
