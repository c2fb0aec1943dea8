// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Images
import Testing

private let image = HandmadeImage()

@Suite("What is no image, or not the one that it says it is,")
struct ImageRefusalTests {
    private func refusal(_ members: [(String, [UInt8])], pinned: Digest? = nil) throws -> ImageError? {
        let archive = try HandmadeArchive(members)
        do {
            let found = try ImageInput.open(archive.path, arch: .amd64, pinned: pinned)
            for layer in found.layers { try found.readAndProve(layer) }
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
            #expect(throws: ImageError.notAnImage) { try ImageInput.open(archive.path, arch: .amd64) }
        }
        let directory = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(directory) }
        #expect(throws: ImageError.notAnImage) { try ImageInput.open(directory, arch: .amd64) }
    }

    @Test func truncatedAnywhereIsRefused() throws {
        let archive = try HandmadeArchive(image.docker)
        for length in stride(from: 100, to: archive.bytes.count - 1536, by: 100) {
            try archive.rewrite { $0.removeLast($0.count - length) }
            #expect(throws: ImageError.self) { try ImageInput.open(archive.path, arch: .amd64) }
        }
    }

    @Test func truncatedCompressedArchivesAreRefused() async throws {
        let archive = try HandmadeArchive(image.docker)
        let path = try await archive.compressed(by: "gzip")
        let whole = try FileSystem.readAll(path, limit: 1 << 20)
        for length in stride(from: 20, to: whole.count - 1, by: 20) {
            try FileSystem.write(Array(whole[..<length]), to: path)
            #expect(throws: ImageError.self) { try ImageInput.open(path, arch: .amd64) }
        }
    }

    @Test func whatIsNamedMustBeThere() throws {
        #expect(try refusal(image.docker.filter { $0.0 != "l0/layer.tar" }) == .missingMember("l0/layer.tar"))
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
        let archive = try HandmadeArchive(image.oci)
        let found = try ImageInput.open(archive.path, arch: .amd64)
        #expect(throws: ImageError.self) { try found.readAndProve(found.layers[0], as: .ofBytes([1])) }
    }

    @Test func layersThatTheConfigDoesNotNameAreRefused() throws {
        var fewer = image
        fewer.diffs = [.ofBytes(image.layers[0])]
        for members in [fewer.docker, fewer.oci] {
            #expect(try refusal(members) == .layerCount(config: 1, manifest: 2))
        }
        // Plain bytes that are no tar of the name that the config gives them.
        var other = image
        other.diffs = [.ofBytes([1]), .ofBytes([2])]
        #expect(
            try refusal(other.docker)
                == .diffMismatch(
                    member: "l0/layer.tar", expected: .ofBytes([1]), found: .ofBytes(image.layers[0])))
    }

    @Test func layersThatAreElsewhereOrUnreadableAreRefused() throws {
        for type in [
            "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip",
            "application/vnd.oci.image.layer.nondistributable.v1.tar+gzip",
        ] {
            var foreign = image
            foreign.layerType = type
            #expect(
                try refusal(foreign.oci) == .foreignLayer(digest: "sha256:\(Digest.ofBytes(image.layers[0]))"))
        }
        var odd = image
        odd.layerType = "application/vnd.in-toto+json"
        #expect(try refusal(odd.oci) == .unsupportedMediaType("application/vnd.in-toto+json"))
    }

    @Test func theWrongImageIsRefused() throws {
        var arm = image
        arm.architecture = "arm64"
        #expect(try refusal(arm.docker) == .wrongPlatform(found: "linux/arm64", wanted: "linux/amd64"))
        #expect(
            try refusal(image.docker, pinned: .ofBytes([1]))
                == .notThePinnedImage(pinned: .ofBytes([1]), found: [image.id]))
        // An oci-archive carries its manifest, so the config digest does not pin it.
        #expect(
            try refusal(image.oci, pinned: image.id)
                == .notThePinnedImage(pinned: image.id, found: [image.manifestDigest]))
    }

    /// Whoever runs the image may read the other of two; of UTF-16 it reads nothing.
    @Test func documentsThatReadDifferentlyAreRefused() throws {
        let bad = ImageError.badDocument(member: "manifest.json")
        for text in [
            #"[{"Config":"\#(image.id).json","Config":"other.json","Layers":["l0/layer.tar","l1/layer.tar"]}]"#,
            #"[{"Config":"\#(image.id).json","Layers":["l0/layer.tar","l1/layer.tar"],"layers":[]}]"#,
        ] {
            let members = image.docker.map { ($0.0, $0.0 == "manifest.json" ? Array(text.utf8) : $0.1) }
            #expect(try refusal(members) == bad)
        }
        let wide = image.docker.map { name, bytes in
            (name, name == "manifest.json" ? bytes.flatMap { [$0, 0] } : bytes)
        }
        #expect(try refusal(wide) == bad)
    }

    @Test func ambiguityIsRefused() throws {
        #expect(try refusal(image.docker + [image.docker[0]]) == .duplicateMember("l0/layer.tar"))
        var other = image
        other.layers[0] = [1, 2, 3]
        let known = Set(image.blobs.map(\.0))
        let two =
            image.blobs + other.blobs.filter { !known.contains($0.0) }
            + [("index.json", HandmadeImage.index([image.descriptor(), other.descriptor()]))]
        #expect(try refusal(two) == .images(["linux/amd64 1.0", "linux/amd64 1.0"]))
        #expect(try refusal([("manifest.json", Array("[]".utf8))]) == .images([]))
        #expect(try refusal([("manifest.json", Array("{".utf8))]) == .badDocument(member: "manifest.json"))
        let odd = "{\"manifests\":[{\"digest\":\"sha512:00\"}]}"
        #expect(try refusal([("index.json", Array(odd.utf8))]) == .unsupportedDigest("sha512:00"))
    }
}
