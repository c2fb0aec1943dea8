// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem
package import Images

/// Why a bundle could not be made. Facts; the words are in `Commands/Wording`.
package enum BundlerError: Error, Equatable, Sendable {
    /// Everything that is wrong with what the spec names, at once, in the order in which it names it.
    case sources([SourceProblem])
    /// The spec is not made for this architecture.
    case architectureNotInSpec(Architecture, spec: [Architecture])
    /// Whatever stands there stays.
    case outputExists(HostPath)
    /// A name that a file system of some medium would not keep: nothing but such names for parts.
    case partName(String)
    /// Parts are too small for so large a bundle.
    case tooManyParts(limit: Int)
    /// The directory for the output is not there.
    case noOutputDirectory(HostPath)
    /// SOURCE_DATE_EPOCH is not a time between 1970 and 9999 in whole seconds.
    case badSourceDate(String)
    /// Nothing to carry: no file and no image.
    case empty
    /// What a delta was to be made against is of another product or for another machine.
    case foreignBase(path: String, name: ReleaseName, arch: Architecture, release: ReleaseIdentity)
    /// A document or pack changed between being hashed and being written.
    case changedWhileWriting(path: String)
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
        /// Outside the alphabet of release paths, too long or too deep (format §2).
        case badPath
        /// A link that is absolute or leads out of the release.
        case linkLeaves(target: String)
        /// Two sources for one path of the release; the other one's place.
        case pathTaken(by: String)
        /// A pattern that no file fits.
        case noMatch
        /// A directory without a file in it: nothing would be carried.
        case emptyDirectory
        /// An executable for another machine than the bundle's; nil for one that no bundle is made for.
        case wrongArchitecture(found: Architecture?)
        case image(ImageError)
        /// Nothing says which image it must be.
        case unpinned
    }

    /// Where the spec names it, as `file:line:column`.
    package let place: String
    /// The file that it is about.
    package let path: String
    package let fact: Fact

    package init(place: String, path: String, fact: Fact) {
        self.place = place
        self.path = path
        self.fact = fact
    }
}
