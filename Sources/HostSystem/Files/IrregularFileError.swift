// SPDX-License-Identifier: Apache-2.0

/// A pipe, a socket, a device or a directory where a file's bytes were wanted.
package struct IrregularFileError: Error, Equatable, Sendable {
    package let path: String

    package init(path: String) { self.path = path }
}
