// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
package import HostSystem

/// An image as a file, the way tools save it. Nothing in it is trusted: names are looked up, never followed, digests
/// are computed.
package enum ImageArchive {
    /// Says which image a plain tar archive holds. Reads it once, or once more for each document of more than 64 KiB.
    ///
    /// - Parameters:
    ///   - arch: the platform that is wanted, with Linux.
    ///   - pinned: what the spec says; compared with `ImageIdentity.pinned`.
    /// - Throws: `ImageError`; `SystemCallError`.
    package static func identify(_ path: HostPath, arch: Architecture, pinned: Digest? = nil) throws -> ImageIdentity {
        let scan = try ArchiveScan(try HostFile.open(path, .read))
        let identity: ImageIdentity
        if scan.holds("manifest.json") {
            identity = try dockerArchive(scan)
        } else if scan.holds("index.json") {
            identity = try ociArchive(scan, arch)
        } else {
            throw ImageError.notAnImage
        }
        guard identity.platform == "linux/\(arch.rawValue)" else {
            throw ImageError.wrongPlatform(found: identity.platform, wanted: "linux/\(arch.rawValue)")
        }
        if let pinned, pinned != identity.pinned {
            throw ImageError.notThePinnedImage(pinned: pinned, found: identity.pinned)
        }
        return identity
    }

    private static func dockerArchive(_ scan: ArchiveScan) throws -> ImageIdentity {
        let name = "manifest.json"
        let manifests = try ImageDocument.decode([DockerManifest].self, try scan.document(name), member: name)
        guard let manifest = manifests.first, manifests.count == 1 else {
            throw ImageError.images(count: manifests.count, platforms: [])
        }
        for layer in manifest.layers where !scan.holds(layer) { throw ImageError.missingMember(layer) }
        let bytes = try scan.document(manifest.config)
        let id = Digest.ofBytes(bytes)
        // The config is named by its digest: `HEX.json`, or `blobs/sha256/HEX` since Docker 25.
        let stem = manifest.config.split(separator: "/").last?.split(separator: ".").first ?? ""
        if let named = Digest(hex: stem), named != id {
            throw ImageError.digestMismatch(member: manifest.config, expected: named, found: id)
        }
        return ImageIdentity(
            kind: .dockerArchive, id: id, manifest: try besideManifest(scan, id),
            platform: try platform(bytes, member: manifest.config), tags: (manifest.tags ?? []).sorted())
    }

    /// Docker 25 and later save an OCI layout and a docker-archive in one file; then the manifest is carried too.
    private static func besideManifest(_ scan: ArchiveScan, _ id: Digest) throws -> Digest? {
        guard scan.holds("index.json") else { return nil }
        let candidates = try manifests(scan, member: "index.json", depth: 0)
        for candidate in candidates {
            let found = try manifest(scan, candidate)
            if try found.config.sha256 == id { return try candidate.sha256 }
        }
        return nil
    }

    private static func ociArchive(_ scan: ArchiveScan, _ arch: Architecture) throws -> ImageIdentity {
        var candidates = try manifests(scan, member: "index.json", depth: 0)
        if candidates.count > 1 {
            let platforms = candidates.map { $0.platform.map { "\($0.os)/\($0.architecture)" } ?? "unknown" }
            let fitting = zip(candidates, platforms).filter { $0.1 == "linux/\(arch.rawValue)" }.map(\.0)
            guard fitting.count == 1 else {
                throw ImageError.images(count: candidates.count, platforms: platforms.sorted())
            }
            candidates = fitting
        }
        guard let chosen = candidates.first else { throw ImageError.images(count: 0, platforms: []) }
        let found = try manifest(scan, chosen)
        for layer in found.layers {
            let member = try layer.member
            guard scan.holds(member) else { throw ImageError.missingMember(member) }
        }
        let member = try found.config.member
        let bytes = try proven(scan, found.config)
        let tag = chosen.annotations?["org.opencontainers.image.ref.name"]
        return ImageIdentity(
            kind: .ociArchive, id: try found.config.sha256, manifest: try chosen.sha256,
            platform: try platform(bytes, member: member), tags: [tag].compactMap(\.self))
    }

    /// All image manifests that an index names, through indexes inside it.
    private static func manifests(_ scan: ArchiveScan, member: String, depth: Int) throws -> [Descriptor] {
        guard depth < 4 else { throw ImageError.badDocument(member: member) }
        let index = try ImageDocument.decode(ImageIndex.self, try scan.document(member), member: member)
        return try index.manifests.filter { !$0.isAttestation }.flatMap { entry in
            guard entry.isIndex else { return [entry] }
            _ = try proven(scan, entry)
            return try manifests(scan, member: try entry.member, depth: depth + 1)
        }
    }

    private static func manifest(_ scan: ArchiveScan, _ descriptor: Descriptor) throws -> ImageManifest {
        try ImageDocument.decode(
            ImageManifest.self, try proven(scan, descriptor), member: try descriptor.member)
    }

    /// A blob whose bytes have the digest that its descriptor says.
    private static func proven(_ scan: ArchiveScan, _ descriptor: Descriptor) throws -> [UInt8] {
        let member = try descriptor.member
        let bytes = try scan.document(member)
        let (expected, found) = (try descriptor.sha256, Digest.ofBytes(bytes))
        guard expected == found else {
            throw ImageError.digestMismatch(member: member, expected: expected, found: found)
        }
        return bytes
    }

    private static func platform(_ config: [UInt8], member: String) throws -> String {
        let config = try ImageDocument.decode(ImageConfig.self, config, member: member)
        return "\(config.os)/\(config.architecture)"
    }
}
