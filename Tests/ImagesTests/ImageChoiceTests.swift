// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Images
import Testing

private let first = HandmadeImage()
private let second = HandmadeImage(layers: [Array("the base".utf8), [1, 2, 3]])

@Suite("Of several images in one file,")
struct ImageChoiceTests {
    enum Saved: CaseIterable { case docker, oci }

    private func archive(_ saved: Saved) throws -> HandmadeArchive {
        let shared = Set(first.blobs.map(\.0))
        let blobs = first.blobs + second.blobs.filter { !shared.contains($0.0) }
        switch saved {
        case .oci:
            let index = HandmadeImage.index([first.descriptor(tag: "first:1"), second.descriptor(tag: "second:1")])
            return try HandmadeArchive(blobs + [("index.json", index)])
        case .docker:
            let entries = [("first:1", first), ("localhost/second:1", second)].map { tag, image in
                let layers = image.layers.map { "\"blobs/sha256/\(Digest.ofBytes($0))\"" }.joined(separator: ",")
                return #"{"Config":"blobs/sha256/\#(image.id)","RepoTags":["\#(tag)"],"Layers":[\#(layers)]}"#
            }
            return try HandmadeArchive(blobs + [("manifest.json", Array("[\(entries.joined(separator: ","))]".utf8))])
        }
    }

    private func digest(_ image: HandmadeImage, _ saved: Saved) -> Digest {
        saved == .oci ? image.manifestDigest : image.id
    }

    @Test("a digest chooses", arguments: Saved.allCases)
    func byDigest(_ saved: Saved) throws {
        let archive = try archive(saved)
        for image in [first, second] {
            let found = try ImageInput.open(archive.path, arch: .amd64, pinned: digest(image, saved))
            #expect(found.identity.id == image.id)
        }
        #expect(
            throws: ImageError.notThePinnedImage(
                pinned: .ofBytes([1]), found: [digest(first, saved), digest(second, saved)])
        ) { try ImageInput.open(archive.path, arch: .amd64, pinned: .ofBytes([1])) }
    }

    @Test("a name chooses, whatever stands before it", arguments: Saved.allCases)
    func byTag(_ saved: Saved) throws {
        let archive = try archive(saved)
        #expect(try ImageInput.open(archive.path, arch: .amd64, tag: "second:1").identity.id == second.id)
        #expect(throws: ImageError.self) { try ImageInput.open(archive.path, arch: .amd64, tag: "ond:1") }
        // What is called by one name and pinned as another is neither.
        #expect(
            throws: ImageError.notThePinnedImage(pinned: digest(first, saved), found: [digest(second, saved)])
        ) { try ImageInput.open(archive.path, arch: .amd64, pinned: digest(first, saved), tag: "second:1") }
    }

    @Test("none is taken unasked", arguments: Saved.allCases)
    func ambiguous(_ saved: Saved) throws {
        let archive = try archive(saved)
        #expect(throws: ImageError.self) { try ImageInput.open(archive.path, arch: .amd64) }
    }

    @Test("an index pins them for all platforms, and what it lacks is named with what it has")
    func index() throws {
        var other = first
        other.architecture = "arm64"
        let inner = HandmadeImage.index([first.descriptor(), other.descriptor()])
        let pinned = Digest.ofBytes(inner)
        let outer = HandmadeImage.index([
            "{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"digest\":\"sha256:\(pinned)\"}"
        ])
        let shared = Set(first.blobs.map(\.0))
        func archive(_ inner: [UInt8], _ outer: [UInt8]) throws -> HandmadeArchive {
            try HandmadeArchive(
                first.blobs + other.blobs.filter { !shared.contains($0.0) }
                    + [("blobs/sha256/\(Digest.ofBytes(inner))", inner), ("index.json", outer)])
        }
        let both = try archive(inner, outer)
        for (arch, image) in [(Architecture.amd64, first), (.arm64, other)] {
            let identity = try ImageInput.open(both.path, arch: arch, pinned: pinned).identity
            #expect(identity.id == image.id)
            #expect(identity.index == pinned)
            #expect(identity.isPinned(by: pinned) && identity.isPinned(by: image.manifestDigest))
            #expect(!identity.isPinned(by: image.id))
        }
        var third = other
        third.layers[1] = [9]
        let foreign = HandmadeImage.index([other.descriptor(), third.descriptor()])
        let lacking = try HandmadeArchive(
            other.blobs + [("index.json", foreign)])
        #expect(throws: ImageError.images(["linux/arm64 1.0", "linux/arm64 1.0"])) {
            try ImageInput.open(lacking.path, arch: .amd64)
        }
    }
}
