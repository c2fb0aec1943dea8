// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import FoundationEssentials

/// `manifest.json` of a docker-archive (moby, image/tarexport).
struct DockerManifest: Decodable {
    let config: String
    let tags: [String]?
    let layers: [String]

    enum CodingKeys: String, CodingKey {
        case config = "Config"
        case tags = "RepoTags"
        case layers = "Layers"
    }
}

/// An OCI image index (image-spec v1.1, image-index.md).
struct ImageIndex: Decodable {
    let manifests: [Descriptor]
}

/// An OCI image manifest (image-spec v1.1, manifest.md), or Docker's schema 2, which has the same keys.
struct ImageManifest: Decodable {
    let config: Descriptor
    let layers: [Descriptor]
}

/// An OCI content descriptor (image-spec v1.1, descriptor.md).
struct Descriptor: Decodable {
    struct Platform: Decodable {
        let architecture: String
        let os: String
    }

    let mediaType: String?
    let digest: String
    let size: Int64?
    let platform: Platform?
    let annotations: [String: String]?

    /// Whether it names a further index rather than a manifest.
    var isIndex: Bool {
        mediaType == "application/vnd.oci.image.index.v1+json"
            || mediaType == "application/vnd.docker.distribution.manifest.list.v2+json"
    }

    /// Attestations ride in an index as manifests of no platform (BuildKit); they are no images.
    var isAttestation: Bool { annotations?["vnd.docker.reference.type"] == "attestation-manifest" }

    var sha256: Digest {
        get throws {
            guard digest.hasPrefix("sha256:"), let found = Digest(hex: digest.dropFirst(7)) else {
                throw ImageError.unsupportedDigest(digest)
            }
            return found
        }
    }

    /// Where an OCI layout keeps it.
    var member: String { get throws { "blobs/sha256/\(try sha256.hex)" } }
}

/// The part of an image's config that says what it runs on and of what it is made (image-spec v1.1, config.md).
struct ImageConfig: Decodable {
    struct RootFS: Decodable {
        let diffIDs: [String]

        enum CodingKeys: String, CodingKey { case diffIDs = "diff_ids" }
    }

    let architecture: String
    let os: String
    let rootfs: RootFS

    /// Digests of the unpacked layers, the base first.
    var diffs: [Digest] {
        get throws {
            try rootfs.diffIDs.map { text in
                guard text.hasPrefix("sha256:"), let found = Digest(hex: text.dropFirst(7)) else {
                    throw ImageError.unsupportedDigest(text)
                }
                return found
            }
        }
    }
}

enum ImageDocument {
    /// No document of an image is larger in practice; a larger one is not read.
    static let maximumBytes = 4 << 20
    /// No file that a tool saves holds more.
    static let maximumImages = 4096

    static func decode<Document: Decodable>(_ type: Document.Type, _ bytes: [UInt8], member: String) throws -> Document
    {
        do {
            try ForeignJSON.check(bytes)
            return try JSONDecoder().decode(type, from: Data(bytes))
        } catch {
            throw ImageError.badDocument(member: member)
        }
    }
}
