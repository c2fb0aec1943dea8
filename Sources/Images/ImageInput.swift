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
    ///   - pinned: what the spec says; `ImageIdentity.isPinned` must hold. It also chooses among several images in one file.
    ///   - tag: chooses among several, by a name that the file gives one.
    /// - Throws: `ImageError`; `SystemCallError`.
    package static func open(
        _ path: HostPath, arch: Architecture, pinned: Digest? = nil, tag: String? = nil
    ) throws -> OpenedImage {
        try proven(try read(path, ImageChoice(arch: arch, pinned: pinned, tag: tag)), arch)
    }

    /// One image of a directory that holds the blobs of many (`blobs/sha256/HEX`), by the digest of its manifest or of an
    /// index that names it.
    ///
    /// - Throws: `ImageError`; `SystemCallError`.
    package static func open(cache: HostPath, pinned: Digest, arch: Architecture) throws -> OpenedImage {
        let layout = OCILayout(try CacheMembers(cache, root: pinned), .ociLayout)
        return try proven(try layout.image(ImageChoice(arch: arch, pinned: pinned, tag: nil)), arch)
    }

    private static func proven(_ image: OpenedImage, _ arch: Architecture) throws -> OpenedImage {
        let identity = image.identity
        guard identity.platform == "linux/\(arch.rawValue)" else {
            throw ImageError.wrongPlatform(found: identity.platform, wanted: "linux/\(arch.rawValue)")
        }
        return image
    }

    private static func read(_ path: HostPath, _ choice: ImageChoice) throws -> OpenedImage {
        if try FileSystem.status(try FileSystem.resolve(path))?.kind == .directory {
            return try OCILayout(try LayoutMembers(path), .ociLayout).image(choice)
        }
        let members = try ArchiveMembers(path)
        // Docker 25 and later save both in one file; the docker-archive names what was asked for.
        if members.holds("manifest.json") { return try DockerArchive(members).image(choice) }
        if members.holds("index.json") { return try OCILayout(members, .ociArchive).image(choice) }
        throw ImageError.notAnImage
    }
}
