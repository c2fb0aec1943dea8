// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography

/// What `docker save`, `podman save`, `skopeo` and Nix's `dockerTools` write: `manifest.json` names a config and layers.
struct DockerArchive {
    private static let list = "manifest.json"

    private let members: any ImageMembers

    init(_ members: any ImageMembers) { self.members = members }

    func image() throws -> OpenedImage {
        let list = try ImageDocument.decode(
            [DockerManifest].self, try members.document(DockerArchive.list), member: DockerArchive.list)
        guard let entry = list.first, list.count == 1 else {
            throw ImageError.images(count: list.count, platforms: list.flatMap { $0.tags ?? [] }.sorted())
        }
        let member = try members.find(entry.config)
        let bytes = try members.document(member)
        let id = Digest.ofBytes(bytes)
        // The config is named by its digest: `HEX.json`, or `blobs/sha256/HEX` since Docker 25.
        let stem = entry.config.split(separator: "/").last?.split(separator: ".").first ?? ""
        if let named = Digest(hex: stem), named != id {
            throw ImageError.digestMismatch(member: entry.config, expected: named, found: id)
        }
        let config = try ImageDocument.decode(ImageConfig.self, bytes, member: entry.config)
        let diffs = try config.diffs
        guard diffs.count == entry.layers.count else {
            throw ImageError.layerCount(config: diffs.count, manifest: entry.layers.count)
        }
        let layers = try zip(entry.layers, diffs).map { name, diff in
            let found = try members.find(name)
            // `blobs/sha256/HEX` names its content; older names are the layer's, by another reckoning.
            let named = name.hasPrefix("blobs/sha256/") ? Digest(hex: name.dropFirst("blobs/sha256/".count)) : nil
            return ImageLayer(
                part: ImagePart(member: found, size: members.sizes[found] ?? 0, digest: named), diff: diff)
        }
        let beside = try manifestBeside(id)
        return OpenedImage(
            identity: ImageIdentity(
                kind: .dockerArchive, id: id, manifest: beside?.digest,
                platform: "\(config.os)/\(config.architecture)", tags: (entry.tags ?? []).sorted()),
            config: ImagePart(member: member, size: Int64(bytes.count), digest: id), manifest: beside, layers: layers,
            members: members)
    }

    /// Docker 25 and later save an OCI layout and a docker-archive in one file; then the manifest is carried too.
    private func manifestBeside(_ id: Digest) throws -> ImagePart? {
        guard members.holds("index.json") else { return nil }
        let layout = OCILayout(members, .ociArchive)
        for candidate in try layout.manifests("index.json") {
            let found = try layout.manifest(candidate)
            if try found.config.sha256 == id { return try layout.part(candidate) }
        }
        return nil
    }
}
