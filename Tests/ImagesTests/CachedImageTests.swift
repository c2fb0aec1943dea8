// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Images
import Testing

/// A directory of blobs, as fetching leaves it.
private final class Blobs {
    let path: HostPath

    init(_ images: HandmadeImage..., beside: [[UInt8]] = []) throws {
        path = try FileSystem.createTemporaryDirectory()
        try FileSystem.createDirectories(path / "blobs/sha256")
        for (name, bytes) in images.flatMap(\.blobs) {
            try FileSystem.write(bytes, to: path / name, permissions: 0o644)
        }
        for bytes in beside {
            try FileSystem.write(bytes, to: path / "blobs/sha256" / Digest.ofBytes(bytes).hex, permissions: 0o644)
        }
    }

    deinit { _ = try? FileSystem.removeTree(path) }
}

private let first = HandmadeImage()
private let second = HandmadeImage(layers: [Array("the base".utf8), [1, 2, 3]])
private let arm = HandmadeImage(architecture: "arm64")

@Suite("In a cache of many images,")
struct CachedImageTests {
    @Test("a manifest's digest leads to its own")
    func manifest() throws {
        let blobs = try Blobs(first, second)
        for image in [first, second] {
            let found = try ImageInput.open(cache: blobs.path, pinned: image.manifestDigest, arch: .amd64)
            #expect(found.identity.id == image.id)
            #expect(found.identity.manifest == image.manifestDigest)
        }
    }

    @Test("an index's leads to the platform's")
    func index() throws {
        let index = HandmadeImage.index([first.descriptor(), arm.descriptor()])
        let blobs = try Blobs(first, arm, beside: [index])
        for (arch, image) in [(Architecture.amd64, first), (.arm64, arm)] {
            let found = try ImageInput.open(cache: blobs.path, pinned: .ofBytes(index), arch: arch)
            #expect(found.identity.manifest == image.manifestDigest)
            #expect(found.identity.isPinned(by: .ofBytes(index)))
        }
    }

    @Test("another platform's image is refused")
    func platform() throws {
        let blobs = try Blobs(arm)
        #expect(throws: ImageError.wrongPlatform(found: "linux/arm64", wanted: "linux/amd64")) {
            try ImageInput.open(cache: blobs.path, pinned: arm.manifestDigest, arch: .amd64)
        }
    }

    @Test("a missing or changed manifest is named")
    func damage() throws {
        let blobs = try Blobs(first)
        let missing = "blobs/sha256/\(second.manifestDigest)"
        #expect(throws: ImageError.missingMember(missing)) {
            try ImageInput.open(cache: blobs.path, pinned: second.manifestDigest, arch: .amd64)
        }
        let member = "blobs/sha256/\(first.manifestDigest)"
        try FileSystem.write(Array("{}".utf8), to: blobs.path / member, permissions: 0o644)
        #expect(
            throws: ImageError.digestMismatch(
                member: member, expected: first.manifestDigest, found: .ofBytes(Array("{}".utf8)))
        ) { try ImageInput.open(cache: blobs.path, pinned: first.manifestDigest, arch: .amd64) }
    }
}
