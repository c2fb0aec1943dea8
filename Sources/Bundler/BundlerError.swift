// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem
package import YAMLDocuments

/// Why a bundle could not be made. Facts; the words are in `Commands/Wording`.
package enum BundlerError: Error, Equatable, Sendable {
    /// Everything that is wrong with what the spec names, at once, in the order of their places.
    case sources([SourceProblem])
    /// Whatever stands there stays.
    case outputExists(HostPath)
    /// The spec is not made for this architecture.
    case architectureNotInSpec(Architecture, spec: [Architecture])
    /// Neither a key nor `--unsigned` was given.
    case noKey
    /// SOURCE_DATE_EPOCH is not a time between 1970 and 9999.
    case badSourceDate(String)
}

/// One thing that is wrong with what the spec names, and where it names it.
package struct SourceProblem: Equatable, Sendable {
    package enum Fact: Equatable, Sendable {
        case missing
        case unreadable(SystemCallError)
        /// A directory where a file is needed.
        case directory
        /// A device, a socket, a pipe.
        case specialFile
        /// Outside the alphabet of release paths (format §2).
        case badPath
        /// A link that is absolute or leads out of the release.
        case linkLeaves(target: String)
        /// Two sources for one path of the release.
        case pathTaken(by: Place)
        case noMatch
        case emptyDirectory
        /// An executable for another machine than the bundle's.
        case wrongArchitecture(found: Architecture?)
    }

    package let place: Place
    /// The file or pattern it is about.
    package let path: String
    package let fact: Fact

    package init(place: Place, path: String, fact: Fact) {
        self.place = place
        self.path = path
        self.fact = fact
    }
}
