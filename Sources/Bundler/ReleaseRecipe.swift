// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// A release as its author described it, with every path resolved for one architecture: all that `ReleaseBuilder` needs.
package struct ReleaseRecipe: Sendable {
    /// A file or directory and its path in the installed tree.
    package struct Source: Equatable, Sendable {
        package enum Use: Equatable, Sendable {
            /// A program: mode 0755 whatever its own permissions are, as CI's artifact stores lose them. Of the bundle's
            /// architecture, if it is an ELF file.
            case program
            /// A file, or a directory with everything in it; modes from the owner's executable bit.
            case tree
            /// One file, mode 0644.
            case file
            /// One file, mode 0644, that is also a member of the bundle under the same path.
            case document
        }

        package let from: HostPath
        /// Below the tree's root: `bin/gateway`.
        package let to: String
        package let use: Use
        /// Where the spec names it, as `file:line:column`.
        package let place: String

        package init(from: HostPath, to: String, use: Use, place: String) {
            self.from = from
            self.to = to
            self.use = use
            self.place = place
        }
    }

    /// An image, and which one it must be.
    package struct ImageSource: Equatable, Sendable {
        package enum Origin: Equatable, Sendable {
            /// A file or an OCI layout; the tag chooses among several images in it.
            case archive(HostPath, tag: String?)
            /// To be fetched before anything is collected.
            case reference(ImageReference)
            /// Fetched: one among others in a directory of blobs.
            case cached(HostPath, ImageReference)
            /// Saved out of a local store.
            case saved(HostPath, ImageReference)
        }

        package let name: String
        package var origin: Origin
        /// Of its manifest or of an index that names it, where it carries one, else of its config; nil while it is not pinned.
        package let digest: Digest?
        /// Where the spec names it, as `file:line:column`.
        package let place: String

        package init(name: String, origin: Origin, digest: Digest?, place: String) {
            self.name = name
            self.origin = origin
            self.digest = digest
            self.place = place
        }
    }

    package var identity: ReleaseIdentity
    package var sources: [Source]
    package var images: [ImageSource]
    /// What was already found wrong while the spec was read against the disk.
    package var problems: [SourceProblem]
    /// Makes the manifest of everything that was declared; the builder adds what it finds out itself: executables, links,
    /// images, creation time and source revision.
    package var manifest: @Sendable (InstalledTree) -> Manifest

    package init(
        identity: ReleaseIdentity, sources: [Source], images: [ImageSource] = [], problems: [SourceProblem] = [],
        manifest: @escaping @Sendable (InstalledTree) -> Manifest
    ) {
        self.identity = identity
        self.sources = sources
        self.images = images
        self.problems = problems
        self.manifest = manifest
    }
}
