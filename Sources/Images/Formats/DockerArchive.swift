// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography

/// What `docker save`, `podman save`, `skopeo` and Nix's `dockerTools` write: `manifest.json` names a config and layers.
struct DockerArchive {
    private static let list = "manifest.json"

    private let members: any ImageMembers

    init(_ members: any ImageMembers) { self.members = members }

    func image(_ choice: ImageChoice) throws -> OpenedImage {
        let list = try ImageDocument.decode(
            [DockerManifest].self, try members.document(DockerArchive.list), member: DockerArchive.list)
        // What `docker save` is told twice is one image.
        let entries = try list.map { try Entry($0, members) }.reduce(into: [Entry]()) { found, next in
            if let known = found.firstIndex(where: { $0.id == next.id }) {
                found[known].tags += next.tags
            } else {
                found.append(next)
            }
        }
        let besides = try entries.map { try manifestBeside($0.id) }
        let candidates = zip(entries, besides).map { entry, beside in
            ImageChoice.Candidate(
                digests: beside.map { [$0.part.digest, $0.index].compactMap(\.self) } ?? [entry.id],
                platform: entry.platform, tags: entry.tags)
        }
        let chosen = try choice.of(candidates)
        let (entry, beside) = (entries[chosen], besides[chosen])
        return OpenedImage(
            identity: ImageIdentity(
                kind: .dockerArchive, id: entry.id, manifest: beside?.part.digest, index: beside?.index,
                platform: entry.platform, tags: entry.tags.sorted()),
            config: entry.config, manifest: beside?.part, layers: try entry.layers(members), members: members)
    }

    /// Docker 25 and later save an OCI layout and a docker-archive in one file; then the manifest is carried too.
    private func manifestBeside(_ id: Digest) throws -> (part: ImagePart, index: Digest?)? {
        guard members.holds("index.json") else { return nil }
        let layout = OCILayout(members, .ociArchive)
        for entry in try layout.entries() {
            let found = try layout.manifest(entry.descriptor)
            if try found.config.sha256 == id { return (try layout.part(entry.descriptor), entry.index) }
        }
        return nil
    }
}

/// One image of the list, its config read and proven.
private struct Entry {
    let id: Digest
    let config: ImagePart
    /// `linux/amd64`.
    let platform: String
    var tags: [String]
    private let diffs: [Digest]
    private let names: [String]

    init(_ listed: DockerManifest, _ members: any ImageMembers) throws {
        let member = try members.find(listed.config)
        let bytes = try members.document(member)
        id = Digest.ofBytes(bytes)
        // The config is named by its digest: `HEX.json`, or `blobs/sha256/HEX` since Docker 25.
        let stem = listed.config.split(separator: "/").last?.split(separator: ".").first ?? ""
        if let named = Digest(hex: stem), named != id {
            throw ImageError.digestMismatch(member: listed.config, expected: named, found: id)
        }
        let document = try ImageDocument.decode(ImageConfig.self, bytes, member: listed.config)
        config = ImagePart(member: member, size: Int64(bytes.count), digest: id)
        platform = "\(document.os)/\(document.architecture)"
        diffs = try document.diffs
        names = listed.layers
        tags = listed.tags ?? []
        guard diffs.count == names.count else {
            throw ImageError.layerCount(config: diffs.count, manifest: names.count)
        }
    }

    func layers(_ members: any ImageMembers) throws -> [ImageLayer] {
        try zip(names, diffs).map { name, diff in
            let found = try members.find(name)
            // `blobs/sha256/HEX` names its content; older names are the layer's, by another reckoning.
            let named = name.hasPrefix("blobs/sha256/") ? Digest(hex: name.dropFirst("blobs/sha256/".count)) : nil
            return ImageLayer(
                part: ImagePart(member: found, size: members.sizes[found] ?? 0, digest: named), diff: diff)
        }
    }
}
