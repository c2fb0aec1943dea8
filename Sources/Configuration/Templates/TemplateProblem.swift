// SPDX-License-Identifier: Apache-2.0

/// One thing wrong with a template, at its place. It names what the template says and never what a value holds: values
/// may be secret.
package struct TemplateProblem: Equatable, Hashable, Sendable {
    package enum Fault: Equatable, Hashable, Sendable {
        /// Nothing of that name; `nearest` is a whole name that exists.
        case undefined(name: String, nearest: String?)
        /// Lists, maps and null have no one way to be printed.
        case notPrintable(type: String)
        case notIterable(type: String)
        case notComparable(String, String)
        case badFilterInput(filter: String, type: String)
        case badFilterArguments(filter: String)
        case unknownFilter(String, nearest: String?)
        case unknownTag(String, nearest: String?)
        /// A tag, string or bracket that is opened and never closed.
        case unclosed(String)
        /// `endif` and its like without the beginning.
        case unexpectedTag(String)
        case unexpected(String)
        case expected(String)
        /// `secret("ID")` where others could read what it says.
        case secretRefused
        /// An optional secret that the site does not provide.
        case secretAbsent(String)
        /// A secret that is no UTF-8 text, or holds a NUL.
        case secretNotText(String)
        /// Of the grammar, and not built yet.
        case notBuilt(String)
        case notUTF8
        /// A line feed or another control character where one line is wanted: it could add a directive to a unit.
        case controlCharacter(UInt8)
        case tooLarge
        case tooDeep
        case tooMuchWork
    }

    package var file: String
    /// Both from 1; columns count characters (code points).
    package var line: Int
    package var column: Int
    package var fault: Fault

    package init(file: String, line: Int, column: Int, fault: Fault) {
        self.file = file
        self.line = line
        self.column = column
        self.fault = fault
    }
}
