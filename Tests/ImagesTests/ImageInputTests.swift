// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Images
import Testing

private let image = HandmadeImage()

/// What any input must give, however the tool that wrote it goes about it.
@Suite("An image")
struct ImageInputTests {
    enum Input: String, CaseIterable, Sendable {
        case dockerArchive, ociArchive, combined, layout
        case gzipDocker, xzDocker, zstdDocker, gzipOCI

        var carriesManifest: Bool {
            switch self {
            case .dockerArchive, .gzipDocker, .xzDocker, .zstdDocker: false
            case .ociArchive, .combined, .layout, .gzipOCI: true
            }
        }

        func with<Result>(_ image: HandmadeImage, _ body: (HostPath) throws -> Result) async throws -> Result {
            if self == .layout {
                let directory = try image.layout()
                defer { _ = try? FileSystem.removeTree(directory) }
                return try body(directory)
            }
            let members =
                switch self {
                case .combined: image.combined
                case .ociArchive, .gzipOCI: image.oci
                default: image.docker
                }
            let archive = try HandmadeArchive(members)
            switch self {
            case .gzipDocker, .gzipOCI: return try body(try await archive.compressed(by: "gzip"))
            case .xzDocker: return try body(try await archive.compressed(by: "xz"))
            case .zstdDocker: return try body(try await archive.compressed(by: "zstd"))
            default: return try body(archive.path)
            }
        }
    }

    @Test("is the same whatever saved it", arguments: Input.allCases)
    func conforms(_ input: Input) async throws {
        try await input.with(image) { path in
            let pinned = input.carriesManifest ? image.manifestDigest : image.id
            let found = try ImageInput.open(path, arch: .amd64, pinned: pinned)
            #expect(found.identity.id == image.id)
            #expect(found.identity.manifest == (input.carriesManifest ? image.manifestDigest : nil))
            #expect(found.identity.platform == "linux/amd64")
            #expect(!found.identity.tags.isEmpty)
            #expect(found.layers.map(\.diff) == image.layers.map { .ofBytes($0) })
            #expect(try bytes(found, found.config) == image.config)
            if let manifest = found.manifest { #expect(try bytes(found, manifest) == image.manifest) }
            for (layer, wanted) in zip(found.layers, image.layers) {
                #expect(try bytes(found, layer.part) == wanted)
                try found.readAndProve(layer)
            }
            // Packs ask for runs from the middle, and not in order.
            for offset in [2999, 1, 2000] as [Int64] {
                #expect(try bytes(found, found.layers[1].part, from: offset).count == 3000 - Int(offset))
            }
            #expect(try bytes(found, found.layers[0].part, from: 4) == Array("base".utf8))
        }
    }

    @Test("is chosen by the platform through an index in an index")
    func platforms() throws {
        var other = image
        other.architecture = "arm64"
        let inner = HandmadeImage.index([image.descriptor(), other.descriptor()])
        let outer = HandmadeImage.index([
            "{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"digest\":\"sha256:\(Digest.ofBytes(inner))\"}"
        ])
        let shared = Set(image.blobs.map(\.0))
        let archive = try HandmadeArchive(
            image.blobs + other.blobs.filter { !shared.contains($0.0) }
                + [("blobs/sha256/\(Digest.ofBytes(inner))", inner), ("index.json", outer)])
        #expect(try ImageInput.open(archive.path, arch: .amd64).identity.id == image.id)
        #expect(try ImageInput.open(archive.path, arch: .arm64).identity.id == other.id)
    }

    @Test("under several tags is one image")
    func tags() throws {
        let index = HandmadeImage.index([image.descriptor(tag: "1"), image.descriptor(tag: "2")])
        let archive = try HandmadeArchive(image.blobs + [("index.json", index)])
        #expect(try ImageInput.open(archive.path, arch: .amd64).identity.id == image.id)
    }

    @Test("is found behind many documents, which cost another pass only")
    func manyDocuments() throws {
        var large = image
        large.layers[0] = [UInt8](repeating: 7, count: 9 << 20)
        let padding = (0..<130).map { ("p\($0)", [UInt8](repeating: 1, count: 64 << 10)) }
        let archive = try HandmadeArchive(padding + large.oci)
        #expect(try ImageInput.open(archive.path, arch: .amd64).identity.id == large.id)
    }

    @Test("may have compressed layers, which stay as they are", arguments: ["gzip", "zstd"])
    func compressedLayers(_ program: String) async throws {
        let tar = try HandmadeArchive([("etc/motd", Array("hello".utf8))])
        let packed = try FileSystem.readAll(try await tar.compressed(by: program), limit: 1 << 20)
        var compressed = HandmadeImage(layers: [packed], diffs: [.ofBytes(tar.bytes)])
        compressed.layerType += "+\(program)"
        let archive = try HandmadeArchive(compressed.oci)
        let found = try ImageInput.open(archive.path, arch: .amd64)
        #expect(try bytes(found, found.layers[0].part) == packed)
        #expect(found.layers[0].diff == .ofBytes(tar.bytes))
        try found.readAndProve(found.layers[0])

        compressed.diffs = [.ofBytes([1])]
        let lying = try HandmadeArchive(compressed.oci)
        let other = try ImageInput.open(lying.path, arch: .amd64)
        #expect(
            throws: ImageError.diffMismatch(
                member: other.layers[0].part.member, expected: .ofBytes([1]), found: .ofBytes(tar.bytes))
        ) { try other.readAndProve(other.layers[0]) }
    }

    private func bytes(_ image: OpenedImage, _ part: ImagePart, from offset: Int64 = 0) throws -> [UInt8] {
        let source = try image.open(part, at: offset)
        var bytes = [UInt8](repeating: 0, count: 1000)
        var all: [UInt8] = []
        while case let count = try bytes.withUnsafeMutableBytes({ try source.read(into: $0) }), count > 0 {
            all += bytes[..<count]
        }
        return all
    }
}
