// SPDX-License-Identifier: Apache-2.0

/// One thing about a schema itself that we refuse.
package struct SchemaFault: Equatable, Sendable {
    package enum Reason: Equatable, Sendable {
        /// Not of the subset: refused rather than ignored.
        case unsupportedKeyword(String, nearest: String?)
        /// The keyword's argument is not what it takes.
        case badArgument(keyword: String, expected: String)
        case badPattern(String, PatternFault)
        /// `$ref` is not `#` or a pointer into this document.
        case foreignReference(String)
        case danglingReference(String)
        /// `$ref`s that lead back without looking at a smaller part of the value.
        case endlessReference
        /// Another dialect than draft 2020-12.
        case unsupportedDialect(String)
        case tooDeep
    }

    /// JSON pointer of the schema in its document, `#/properties/port`.
    package var pointer: String
    package var path: ValuePath
    package var reason: Reason

    package init(pointer: String, path: ValuePath, reason: Reason) {
        self.pointer = pointer
        self.path = path
        self.reason = reason
    }
}
