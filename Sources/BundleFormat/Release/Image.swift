// SPDX-License-Identifier: Apache-2.0

/// A container image as a release carries it (format §7.5): its parts are contents like any other, so what images, layers
/// and files share is carried once.
package struct Image: Codable, Equatable, Sendable {
    /// A content of `packs.index`, and its size.
    package struct Blob: Codable, Equatable, Sendable {
        package var digest: Digest
        package var bytes: Int64

        package init(digest: Digest, bytes: Int64) {
            self.digest = digest
            self.bytes = bytes
        }
    }

    /// A layer, bit for bit as the input has it: a tar, plain or compressed.
    package struct Layer: Codable, Equatable, Sendable {
        package var digest: Digest
        package var bytes: Int64
        /// The SHA-256 of the unpacked tar, which the config names; `digest` where it is not compressed.
        package var diff: Digest

        package init(digest: Digest, bytes: Int64, diff: Digest) {
            self.digest = digest
            self.bytes = bytes
            self.diff = diff
        }
    }

    /// What it was packed from: `docker-archive`, `oci-archive`, `oci-layout`. For people.
    package var kind: String
    /// Its digest is the image ID, by which units run it.
    package var config: Blob
    /// Where the input carries one: the digest that a registry knows the image by.
    package var manifest: Blob?
    /// The base first.
    package var layers: [Layer]
    /// Where it was fetched from, as the spec named and pinned it; nil for one that came in a file.
    package var ref: String?

    package init(kind: String, config: Blob, manifest: Blob? = nil, layers: [Layer], ref: String? = nil) {
        self.kind = kind
        self.ref = ref
        self.config = config
        self.manifest = manifest
        self.layers = layers
    }

    package var id: Digest { config.digest }

    /// Every part, each once.
    package var blobs: [Blob] {
        let parts = [config, manifest].compactMap(\.self) + layers.map { Blob(digest: $0.digest, bytes: $0.bytes) }
        var seen: Set<Digest> = []
        return parts.filter { seen.insert($0.digest).inserted }
    }

    package var bytes: Int64 { blobs.reduce(0) { $0 + $1.bytes } }
}
