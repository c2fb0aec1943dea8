// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography

/// An OCI image layout (image-spec v1.1, image-layout.md), as a directory or in a tar archive.
struct OCILayout {
    private let members: any ImageMembers
    private let kind: ImageIdentity.Kind

    init(_ members: any ImageMembers, _ kind: ImageIdentity.Kind) {
        self.members = members
        self.kind = kind
    }

    func image(_ arch: Architecture) throws -> OpenedImage {
        let chosen = try choose(try manifests("index.json"), arch)
        let manifest = try manifest(chosen)
        let bytes = try proven(manifest.config)
        let config = try ImageDocument.decode(ImageConfig.self, bytes, member: try manifest.config.member)
        let diffs = try config.diffs
        guard diffs.count == manifest.layers.count else {
            throw ImageError.layerCount(config: diffs.count, manifest: manifest.layers.count)
        }
        let layers = try zip(manifest.layers, diffs).map { layer, diff in
            try OCILayout.checkType(layer)
            return ImageLayer(part: try part(layer), diff: diff)
        }
        let tag = chosen.annotations?["org.opencontainers.image.ref.name"]
        return OpenedImage(
            identity: ImageIdentity(
                kind: kind, id: try manifest.config.sha256, manifest: try chosen.sha256,
                platform: "\(config.os)/\(config.architecture)", tags: [tag].compactMap(\.self)),
            config: try part(manifest.config), manifest: try part(chosen), layers: layers, members: members)
    }

    private func choose(_ candidates: [Descriptor], _ arch: Architecture) throws -> Descriptor {
        // One image under several tags is one image.
        let unique = candidates.reduce(into: [Descriptor]()) { found, next in
            if !found.contains(where: { $0.digest == next.digest }) { found.append(next) }
        }
        let platforms = unique.map { $0.platform.map { "\($0.os)/\($0.architecture)" } ?? "unknown" }
        let fitting =
            unique.count == 1 ? unique : zip(unique, platforms).filter { $0.1 == "linux/\(arch.rawValue)" }.map(\.0)
        guard let chosen = fitting.first, fitting.count == 1 else {
            throw ImageError.images(count: unique.count, platforms: platforms.sorted())
        }
        return chosen
    }

    /// All image manifests that an index names, through indexes inside it.
    func manifests(_ member: String, depth: Int = 0) throws -> [Descriptor] {
        guard depth < 4 else { throw ImageError.badDocument(member: member) }
        let index = try ImageDocument.decode(ImageIndex.self, try members.document(member), member: member)
        return try index.manifests.filter { !$0.isAttestation }.flatMap { entry in
            guard entry.isIndex else { return [entry] }
            _ = try proven(entry)
            return try manifests(try entry.member, depth: depth + 1)
        }
    }

    func manifest(_ descriptor: Descriptor) throws -> ImageManifest {
        try ImageDocument.decode(ImageManifest.self, try proven(descriptor), member: try descriptor.member)
    }

    func part(_ descriptor: Descriptor) throws -> ImagePart {
        let member = try descriptor.member
        guard let size = members.sizes[member] else { throw ImageError.missingMember(member) }
        if let declared = descriptor.size, declared != size {
            throw ImageError.sizeMismatch(member: member, declared: declared, found: size)
        }
        return ImagePart(member: member, size: size, digest: try descriptor.sha256)
    }

    /// A blob whose bytes have the digest that its descriptor says.
    private func proven(_ descriptor: Descriptor) throws -> [UInt8] {
        let member = try descriptor.member
        let bytes = try members.document(member)
        let (expected, found) = (try descriptor.sha256, Digest.ofBytes(bytes))
        guard expected == found else {
            throw ImageError.digestMismatch(member: member, expected: expected, found: found)
        }
        return bytes
    }

    /// Layers that runtimes read: tar, plain, in gzip or in zstd (image-spec v1.1, layer.md; Docker's schema 2). Foreign ones
    /// are only pointed at, and have to be fetched from elsewhere.
    private static func checkType(_ layer: Descriptor) throws {
        let type = layer.mediaType ?? ""
        if type.contains("foreign") || type.contains("nondistributable") {
            throw ImageError.foreignLayer(digest: layer.digest)
        }
        let known =
            ["", "+gzip", "+zstd"].map { "application/vnd.oci.image.layer.v1.tar\($0)" } + [
                "application/vnd.docker.image.rootfs.diff.tar", "application/vnd.docker.image.rootfs.diff.tar.gzip",
                "application/vnd.docker.image.rootfs.diff.tar.zstd",
            ]
        guard known.contains(type) else { throw ImageError.unsupportedMediaType(type) }
    }
}
