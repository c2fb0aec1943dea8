// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import FoundationEssentials

/// The images of a release as a registry would have them (OCI distribution-spec v1.1, section "Pull"): what is asked for,
/// by path, and what it is answered. Pure; the endpoint speaks for it.
struct ImageShelf: Sendable {
    enum Answer: Equatable, Sendable {
        /// `/v2/`: there is a registry here.
        case present
        case manifest(bytes: [UInt8], type: String, digest: Digest)
        case blob(digest: Digest, bytes: Int64)
        case unknown
    }

    private struct Entry: Sendable {
        var manifest: [UInt8]
        var type: String
        var digest: Digest
    }

    static let prefixBegin = "bundle-"

    /// Unguessable: other users of the machine reach the loopback interface too.
    let prefix: String
    /// By the image's ID: what an author calls an image (`_a`, `A` beside `a`) need be no name of a repository.
    private var entries: [String: Entry] = [:]
    private var blobs: [Digest: Int64] = [:]

    init(prefix: String) { self.prefix = prefix }

    /// - Parameter manifest: as the input carried it; without one, one is made of what there is.
    mutating func put(_ image: Image, manifest: [UInt8]?) {
        let bytes = manifest ?? ImageShelf.manifest(of: image)
        entries[image.id.short] = Entry(manifest: bytes, type: ImageShelf.type(of: bytes), digest: .ofBytes(bytes))
        for blob in image.blobs { blobs[blob.digest] = blob.bytes }
    }

    /// The reference by which a runtime asks for an image at this machine's `port`.
    func reference(_ id: Digest, port: Int) -> String { "127.0.0.1:\(port)/\(prefix)/\(id.short):carried" }

    func answer(to path: String) -> Answer {
        if path == "/v2/" || path == "/v2" { return .present }
        let segments = path.split(separator: "/", omittingEmptySubsequences: false).dropFirst()
        guard segments.count == 5, segments[1] == "v2", segments[2] == prefix,
            let entry = entries[String(segments[3])]
        else { return .unknown }
        let (kind, reference) = (segments[4], segments[5])
        switch kind {
        case "manifests" where reference == "carried" || reference == "sha256:\(entry.digest)":
            return .manifest(bytes: entry.manifest, type: entry.type, digest: entry.digest)
        case "blobs":
            guard reference.hasPrefix("sha256:"), let digest = Digest(hex: reference.dropFirst(7)),
                let bytes = blobs[digest]
            else { return .unknown }
            return .blob(digest: digest, bytes: bytes)
        default: return .unknown
        }
    }

    /// Of the manifest that the image is pulled with.
    static func manifestDigest(of image: Image) -> Digest { image.manifest?.digest ?? .ofBytes(manifest(of: image)) }

    /// A docker-archive carries no manifest. Docker's schema 2 leaves its config as it is, health check and all, so the image
    /// ID stays; the layers are what they are, and runtimes look at their bytes.
    static func manifest(of image: Image) -> [UInt8] {
        func descriptor(_ type: String, _ digest: Digest, _ bytes: Int64) -> JSONValue {
            ["mediaType": .string(type), "size": .integer(bytes), "digest": .string("sha256:\(digest)")]
        }
        let layers = image.layers.map { layer in
            let isPlain = layer.digest == layer.diff
            return descriptor(
                "application/vnd.docker.image.rootfs.diff.tar\(isPlain ? "" : ".gzip")", layer.digest, layer.bytes)
        }
        return CanonicalJSON.write([
            "schemaVersion": 2, "mediaType": .string(schema2),
            "config": descriptor(
                "application/vnd.docker.container.image.v1+json", image.config.digest, image.config.bytes),
            "layers": .array(layers),
        ])
    }

    private static let schema2 = "application/vnd.docker.distribution.manifest.v2+json"

    /// What a manifest calls itself; OCI's may leave it out (image-spec v1.1, manifest.md).
    static func type(of manifest: [UInt8]) -> String {
        struct Typed: Decodable { let mediaType: String? }
        let typed = try? JSONDecoder().decode(Typed.self, from: Data(manifest))
        return typed?.mediaType ?? "application/vnd.oci.image.manifest.v1+json"
    }
}
