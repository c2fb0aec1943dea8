// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import FoundationEssentials

/// What a manifest or an index names (image-spec v1.1), as far as fetching needs it. Images proves all of it again.
enum ImageGraph {
    struct Part: Equatable, Sendable {
        let digest: Digest
        let size: Int64
    }

    case manifest(Document)
    case index(Document)

    struct Document: Decodable {
        struct Descriptor: Decodable {
            struct Platform: Decodable {
                let architecture: String
                let os: String
            }

            let mediaType: String?
            let digest: String
            let size: Int64
            let platform: Platform?
            let annotations: [String: String]?
        }

        let mediaType: String?
        let artifactType: String?
        let config: Descriptor?
        let layers: [Descriptor]?
        let manifests: [Descriptor]?
    }

    /// - Throws: `RegistryError.notAnImage`.
    init(_ bytes: [UInt8], reference: String) throws {
        guard let document = try? ImageGraph.decode(bytes) else {
            throw RegistryError.notAnImage(reference: reference, type: "")
        }
        if document.manifests != nil {
            // Others would take it for the manifest that it is too (CVE-2021-41190).
            guard document.config == nil, document.layers == nil else {
                throw RegistryError.notAnImage(reference: reference, type: "a manifest and an index in one")
            }
            self = .index(document)
        } else if document.config != nil, document.layers != nil {
            self = .manifest(document)
        } else {
            throw RegistryError.notAnImage(reference: reference, type: document.mediaType ?? "")
        }
    }

    private static func decode(_ bytes: [UInt8]) throws -> Document {
        try ForeignJSON.check(bytes)
        return try JSONDecoder().decode(Document.self, from: Data(bytes))
    }

    /// The one manifest of an index for Linux on an architecture.
    func manifest(for arch: Architecture, reference: String) throws -> Digest {
        guard case .index(let document) = self else {
            throw RegistryError.notAnImage(reference: reference, type: "")
        }
        // Attestations ride in an index as manifests of no platform (BuildKit).
        let images = (document.manifests ?? []).filter {
            $0.annotations?["vnd.docker.reference.type"] != "attestation-manifest"
        }
        let fitting = images.filter { $0.platform?.os == "linux" && $0.platform?.architecture == arch.rawValue }
        guard let chosen = fitting.first, Set(fitting.map(\.digest)).count == 1 else {
            let platforms = images.map { $0.platform.map { "\($0.os)/\($0.architecture)" } ?? "unknown" }
            throw RegistryError.noPlatform(
                reference: reference, wanted: "linux/\(arch.rawValue)", platforms: Array(Set(platforms)).sorted())
        }
        return try ImageGraph.digest(chosen.digest, reference)
    }

    /// The config and the layers.
    func parts(reference: String) throws -> [Part] {
        guard case .manifest(let document) = self, let config = document.config, let layers = document.layers else {
            throw RegistryError.notAnImage(reference: reference, type: "an index in an index")
        }
        let configs = ["application/vnd.oci.image.config.v1+json", "application/vnd.docker.container.image.v1+json"]
        guard configs.contains(config.mediaType ?? configs[0]) else {
            throw RegistryError.notAnImage(reference: reference, type: config.mediaType ?? "")
        }
        return try ([config] + layers).map { entry in
            guard entry.size >= 0 else {
                throw RegistryError.notAnImage(reference: reference, type: "of a negative size")
            }
            return Part(digest: try ImageGraph.digest(entry.digest, reference), size: entry.size)
        }
    }

    private static func digest(_ text: String, _ reference: String) throws -> Digest {
        guard text.hasPrefix("sha256:"), let found = Digest(hex: text.dropFirst(7)) else {
            throw RegistryError.notAnImage(reference: reference, type: "with the digest \(text.prefix(80))")
        }
        return found
    }
}
