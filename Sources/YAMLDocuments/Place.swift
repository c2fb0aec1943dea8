// SPDX-License-Identifier: Apache-2.0

/// Where something stands in a document, so that every complaint can be found by the person who wrote it.
package struct Place: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// As the caller named it; never opened here.
    package let file: String
    /// From 1.
    package let line: Int
    /// From 1, in Unicode scalars.
    package let column: Int

    package init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    /// `file:line:column`, which editors follow.
    package var description: String { "\(file):\(line):\(column)" }

    package static func < (left: Place, right: Place) -> Bool {
        (left.file, left.line, left.column) < (right.file, right.line, right.column)
    }
}
