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

    /// A manifest that an index names, perhaps through another index.
    struct Entry {
        let descriptor: Descriptor
        /// Of the index that `index.json` names.
        let index: Digest?
        var tags: [String]
    }

    func image(_ choice: ImageChoice) throws -> OpenedImage {
        let entries = try entries()
        let candidates = try entries.map { entry in
            ImageChoice.Candidate(
                digests: [try entry.descriptor.sha256] + [entry.index].compactMap(\.self),
                platform: entry.descriptor.platform.map { "\($0.os)/\($0.architecture)" }, tags: entry.tags)
        }
        let chosen = entries[try choice.of(candidates)]
        let manifest = try manifest(chosen.descriptor)
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
        return OpenedImage(
            identity: ImageIdentity(
                kind: kind, id: try manifest.config.sha256, manifest: try chosen.descriptor.sha256,
                index: chosen.index, platform: "\(config.os)/\(config.architecture)", tags: chosen.tags),
            config: try part(manifest.config), manifest: try part(chosen.descriptor), layers: layers, members: members)
    }

    /// All image manifests, each once: one image under several tags is one image.
    func entries() throws -> [Entry] {
        var found: [Entry] = []
        var places: [String: Int] = [:]
        var seen: Set<Digest> = []
        for top in try index("index.json") {
            let tags = ["org.opencontainers.image.ref.name", "io.containerd.image.name"].compactMap {
                top.annotations?[$0]
            }
            let index = top.isIndex ? try top.sha256 : nil
            for descriptor in top.isIndex ? try manifests(top, &seen) : [top] {
                if let known = places[descriptor.digest] {
                    found[known].tags = Set(found[known].tags + tags).sorted()
                } else {
                    guard found.count < ImageDocument.maximumImages else { throw ImageError.tooMuchInIt }
                    places[descriptor.digest] = found.count
                    found.append(Entry(descriptor: descriptor, index: index, tags: Set(tags).sorted()))
                }
            }
        }
        return found
    }

    /// All image manifests that an index names, through indexes inside it; none of those twice, as indexes that name each other
    /// over and over would never end.
    private func manifests(_ descriptor: Descriptor, _ seen: inout Set<Digest>, depth: Int = 0) throws -> [Descriptor] {
        guard depth < 4 else { throw ImageError.badDocument(member: try descriptor.member) }
        guard try seen.insert(descriptor.sha256).inserted else { return [] }
        _ = try proven(descriptor)
        var found: [Descriptor] = []
        for entry in try index(try descriptor.member) {
            if entry.isIndex {
                found += try manifests(entry, &seen, depth: depth + 1)
            } else {
                found.append(entry)
            }
        }
        return found
    }

    private func index(_ member: String) throws -> [Descriptor] {
        try ImageDocument.decode(ImageIndex.self, try members.document(member), member: member).manifests.filter {
            !$0.isAttestation
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
