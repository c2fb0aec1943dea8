// SPDX-License-Identifier: Apache-2.0

/// The keys of one mapping of a document. Declared here only: the decoder refuses what is not listed, and a test holds the
/// annotated example and the JSON Schema to the same lists.
package struct SpecTable: Equatable, Sendable {
    package struct Key: Equatable, Sendable {
        package let name: String
        /// Without it, the key is checked like any other and then refused as not built yet.
        package let isBuilt: Bool
        package let isRequired: Bool
    }

    /// Where the mapping stands: `*` for any name, `[]` for any element; empty for the document.
    package let path: String
    package let keys: [Key]

    /// - Parameter built: names that work; a `!` behind one that must be there.
    init(_ path: String, _ built: String, later: String = "") {
        self.path = path
        let now = built.split(separator: " ").map { word in
            let isRequired = word.hasSuffix("!")
            return Key(name: String(isRequired ? word.dropLast() : word), isBuilt: true, isRequired: isRequired)
        }
        keys = now + later.split(separator: " ").map { Key(name: String($0), isBuilt: false, isRequired: false) }
    }

    package func key(_ name: String) -> Key? { keys.first { $0.name == name } }
}
