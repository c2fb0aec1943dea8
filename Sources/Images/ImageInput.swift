// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// An image the way tools save it: docker-archive, oci-archive (each plain, or in gzip, xz or zstd), OCI layout directory.
/// Nothing in it is trusted: names are looked up, never followed, digests are computed.
package enum ImageInput {
    /// Says which image there is, and of what it is made.
    ///
    /// - Parameters:
    ///   - arch: the platform that is wanted, with Linux.
    ///   - pinned: what the spec says; compared with `ImageIdentity.pinned`.
    /// - Throws: `ImageError`; `SystemCallError`.
    package static func open(_ path: HostPath, arch: Architecture, pinned: Digest? = nil) throws -> OpenedImage {
        let image = try read(path, arch)
        let identity = image.identity
        guard identity.platform == "linux/\(arch.rawValue)" else {
            throw ImageError.wrongPlatform(found: identity.platform, wanted: "linux/\(arch.rawValue)")
        }
        if let pinned, pinned != identity.pinned {
            throw ImageError.notThePinnedImage(pinned: pinned, found: identity.pinned)
        }
        return image
    }

    private static func read(_ path: HostPath, _ arch: Architecture) throws -> OpenedImage {
        if try FileSystem.status(try FileSystem.resolve(path))?.kind == .directory {
            return try OCILayout(try LayoutMembers(path), .ociLayout).image(arch)
        }
        let members = try ArchiveMembers(path)
        // Docker 25 and later save both in one file; the docker-archive names the one image that was asked for.
        if members.holds("manifest.json") { return try DockerArchive(members).image() }
        if members.holds("index.json") { return try OCILayout(members, .ociArchive).image(arch) }
        throw ImageError.notAnImage
    }
}
