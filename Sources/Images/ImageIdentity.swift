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
    /// The digest of an index that led to the manifest: one for all platforms.
    package let index: Digest?
    /// `linux/amd64`.
    package let platform: String
    /// Names that the archive gives the image, sorted. For people; never followed.
    package let tags: [String]

    package init(kind: Kind, id: Digest, manifest: Digest?, index: Digest? = nil, platform: String, tags: [String]) {
        self.kind = kind
        self.id = id
        self.manifest = manifest
        self.index = index
        self.platform = platform
        self.tags = tags
    }

    /// What `bundle pin` writes for one platform.
    package var pinned: Digest { manifest ?? id }

    /// Whether a digest in a spec means this image: the one of its manifest, or of an index that led there; of the config only
    /// where there is no manifest.
    package func isPinned(by digest: Digest) -> Bool { digest == pinned || digest == index }
}
