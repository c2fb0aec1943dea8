// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Which image an archive holds.
package struct ImageIdentity: Equatable, Sendable {
    package enum Kind: String, Sendable {
        case dockerArchive = "docker-archive"
        case ociArchive = "oci-archive"
        case ociLayout = "oci-layout"
    }

    package let kind: Kind
    /// The config digest: the image ID that runtimes show.
    package let id: Digest
    /// The manifest digest, where the archive carries a manifest; a docker-archive does not.
    package let manifest: Digest?
    /// `linux/amd64`.
    package let platform: String
    /// Names that the archive gives the image, sorted. For people; never followed.
    package let tags: [String]

    package init(kind: Kind, id: Digest, manifest: Digest?, platform: String, tags: [String]) {
        self.kind = kind
        self.id = id
        self.manifest = manifest
        self.platform = platform
        self.tags = tags
    }

    /// What `digest:` in a spec must equal.
    package var pinned: Digest { manifest ?? id }
}
