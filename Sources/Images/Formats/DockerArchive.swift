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
        let entries = try entries(list)
        let besides = try manifestsBeside()
        let candidates = entries.map { entry in
            ImageChoice.Candidate(
                digests: besides[entry.id].map { [$0.part.digest, $0.index].compactMap(\.self) } ?? [entry.id],
                platform: entry.platform, tags: entry.tags)
        }
        let entry = entries[try choice.of(candidates)]
        let beside = besides[entry.id]
        return OpenedImage(
            identity: ImageIdentity(
                kind: .dockerArchive, id: entry.id, manifest: beside?.part.digest, index: beside?.index,
                platform: entry.platform, tags: entry.tags.sorted()),
            config: entry.config, manifest: beside?.part, layers: try entry.layers(members), members: members)
    }

    /// What `docker save` is told twice is one image. A config that is named often is read once.
    private func entries(_ list: [DockerManifest]) throws -> [Entry] {
        guard list.count <= ImageDocument.maximumImages else { throw ImageError.tooMuchInIt }
        var entries: [Entry] = []
        var places: [String: Int] = [:]
        for listed in list {
            let member = try members.find(listed.config)
            if let known = places[member] {
                entries[known].tags += listed.tags ?? []
            } else {
                places[member] = entries.count
                entries.append(try Entry(listed, member, members))
            }
        }
        return entries
    }

    /// Docker 25 and later save an OCI layout and a docker-archive in one file; then manifests are carried too. By the ID of
    /// their images.
    private func manifestsBeside() throws -> [Digest: (part: ImagePart, index: Digest?)] {
        guard members.holds("index.json") else { return [:] }
        let layout = OCILayout(members, .ociArchive)
        var found: [Digest: (part: ImagePart, index: Digest?)] = [:]
        for entry in try layout.entries() where members.holds(try entry.descriptor.member) {
            let id = try layout.manifest(entry.descriptor).config.sha256
            if found[id] == nil { found[id] = (try layout.part(entry.descriptor), entry.index) }
        }
        return found
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

    init(_ listed: DockerManifest, _ member: String, _ members: any ImageMembers) throws {
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
