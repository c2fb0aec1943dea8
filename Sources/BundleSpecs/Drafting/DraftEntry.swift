// SPDX-License-Identifier: Apache-2.0

/// One file or directory of an author's repository, as far as a draft needs to know it.
package struct DraftEntry: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case directory
        /// An ELF executable or a script with the executable bit.
        case program
        /// A tar archive that holds a container image.
        case imageArchive
        case file
    }

    /// Relative to the spec's directory.
    package let path: String
    package let kind: Kind

    package init(path: String, kind: Kind) {
        self.path = path
        self.kind = kind
    }

    /// Behind the last slash.
    package var name: String { path.split(separator: "/").last.map(String.init) ?? path }
}
