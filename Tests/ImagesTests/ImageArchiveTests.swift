// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Images
import Testing

private let image = HandmadeImage()

struct ImageArchiveTests {
    @Test func readsADockerArchive() throws {
        let archive = try HandmadeArchive(image.docker)
        let found = try ImageArchive.identify(archive.path, arch: .amd64, pinned: image.id)
        #expect(
            found
                == ImageIdentity(
                    kind: .dockerArchive, id: image.id, manifest: nil, platform: "linux/amd64", tags: ["app:1"]))
    }

    @Test func readsAnOCIArchive() throws {
        let archive = try HandmadeArchive(image.oci)
        let found = try ImageArchive.identify(archive.path, arch: .amd64, pinned: image.manifestDigest)
        #expect(
            found
                == ImageIdentity(
                    kind: .ociArchive, id: image.id, manifest: image.manifestDigest, platform: "linux/amd64",
                    tags: ["1.0"]))
    }

    @Test func choosesThePlatformThroughAnIndexInAnIndex() throws {
        let other = HandmadeImage(architecture: "arm64")
        let inner = HandmadeImage.index([image.descriptor(), other.descriptor()])
        let outer = HandmadeImage.index([
            "{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"digest\":\"sha256:\(Digest.ofBytes(inner))\"}"
        ])
        let archive = try HandmadeArchive(
            image.blobs + other.blobs.filter { $0.1 != other.layer }
                + [("blobs/sha256/\(Digest.ofBytes(inner))", inner), ("index.json", outer)])
        #expect(try ImageArchive.identify(archive.path, arch: .amd64).id == image.id)
        #expect(try ImageArchive.identify(archive.path, arch: .arm64).id == other.id)
    }

    @Test func readsWhatDockerSaves() throws {
        let both =
            image.blobs + [
                ("index.json", HandmadeImage.index([image.descriptor()])),
                (
                    "manifest.json",
                    Array("[{\"Config\":\"blobs/sha256/\(image.id)\",\"RepoTags\":null,\"Layers\":[]}]".utf8)
                ),
            ]
        let archive = try HandmadeArchive(both)
        let found = try ImageArchive.identify(archive.path, arch: .amd64)
        #expect(found.kind == .dockerArchive)
        #expect(found.pinned == image.manifestDigest)
    }

    @Test func aDocumentBehindALargeLayerCostsAnotherPassOnly() throws {
        var large = image
        large.layer = [UInt8](repeating: 7, count: 9 << 20)
        let padding = (0..<130).map { ("p\($0)", [UInt8](repeating: 1, count: 64 << 10)) }
        let archive = try HandmadeArchive(padding + large.oci)
        #expect(try ImageArchive.identify(archive.path, arch: .amd64).id == large.id)
    }
}

struct ImageRefusalTests {
    private func refusal(_ members: [(String, [UInt8])], pinned: Digest? = nil) throws -> ImageError? {
        let archive = try HandmadeArchive(members)
        do {
            _ = try ImageArchive.identify(archive.path, arch: .amd64, pinned: pinned)
            return nil
        } catch let error as ImageError {
            return error
        }
    }

    @Test func otherFilesAreNoImages() throws {
        #expect(try refusal([("hello", [1])]) == .notAnImage)
        for text in ["", "not a tar archive", String(repeating: "x", count: 4096)] {
            let archive = try HandmadeArchive([])
            try archive.rewrite { $0 = Array(text.utf8) }
            #expect(throws: ImageError.notAnImage) { try ImageArchive.identify(archive.path, arch: .amd64) }
        }
    }

    @Test func truncatedAnywhereIsRefused() throws {
        let archive = try HandmadeArchive(image.docker)
        for length in stride(from: 100, to: archive.bytes.count - 1536, by: 100) {
            try archive.rewrite { $0.removeLast($0.count - length) }
            #expect(throws: ImageError.self) { try ImageArchive.identify(archive.path, arch: .amd64) }
        }
    }

    @Test func compressedArchivesAreNamed() throws {
        let archive = try HandmadeArchive(image.docker)
        for (tool, magic) in [("gzip", [0x1f, 0x8b, 8]), ("zstd", [0x28, 0xb5, 0x2f, 0xfd])] as [(String, [UInt8])] {
            try archive.rewrite { $0 = magic + $0 }
            #expect(throws: ImageError.compressed(by: tool)) { try ImageArchive.identify(archive.path, arch: .amd64) }
        }
    }

    @Test func whatIsNamedMustBeThere() throws {
        #expect(try refusal(image.docker.filter { $0.0 != "l/layer.tar" }) == .missingMember("l/layer.tar"))
        #expect(try refusal(image.docker.filter { $0.1 != image.config }) == .missingMember("\(image.id).json"))
        for lost in image.blobs.map(\.0) {
            #expect(try refusal(image.oci.filter { $0.0 != lost }) == .missingMember(lost))
        }
        let escaping = "[{\"Config\":\"../../etc/passwd\",\"RepoTags\":[],\"Layers\":[]}]"
        #expect(
            try refusal([("manifest.json", Array(escaping.utf8))]) == .missingMember("../../etc/passwd"))
    }

    @Test func otherBytesThanTheDigestSaysAreRefused() throws {
        let changed = image.config + [32]
        let docker = image.docker.map { ($0.0, $0.1 == image.config ? changed : $0.1) }
        #expect(
            try refusal(docker)
                == .digestMismatch(member: "\(image.id).json", expected: image.id, found: .ofBytes(changed)))
        let oci = image.oci.map { ($0.0, $0.1 == image.manifest ? image.manifest + [32] : $0.1) }
        #expect(
            try refusal(oci)
                == .digestMismatch(
                    member: "blobs/sha256/\(image.manifestDigest)", expected: image.manifestDigest,
                    found: .ofBytes(image.manifest + [32])))
    }

    @Test func theWrongImageIsRefused() throws {
        let arm = HandmadeImage(architecture: "arm64")
        #expect(try refusal(arm.docker) == .wrongPlatform(found: "linux/arm64", wanted: "linux/amd64"))
        #expect(
            try refusal(image.docker, pinned: .ofBytes([1]))
                == .notThePinnedImage(pinned: .ofBytes([1]), found: image.id))
        // An oci-archive carries its manifest, so the config digest does not pin it.
        #expect(
            try refusal(image.oci, pinned: image.id)
                == .notThePinnedImage(pinned: image.id, found: image.manifestDigest))
    }

    @Test func ambiguityIsRefused() throws {
        #expect(try refusal(image.docker + [image.docker[0]]) == .duplicateMember("l/layer.tar"))
        let two = image.blobs + [("index.json", HandmadeImage.index([image.descriptor(), image.descriptor()]))]
        #expect(try refusal(two) == .images(count: 2, platforms: ["linux/amd64", "linux/amd64"]))
        #expect(try refusal([("manifest.json", Array("[]".utf8))]) == .images(count: 0, platforms: []))
        #expect(try refusal([("manifest.json", Array("{".utf8))]) == .badDocument(member: "manifest.json"))
        let odd = "{\"manifests\":[{\"digest\":\"sha512:00\"}]}"
        #expect(try refusal([("index.json", Array(odd.utf8))]) == .unsupportedDigest("sha512:00"))
    }
}
