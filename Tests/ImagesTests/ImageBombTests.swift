// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Images
import Testing

@Suite("A few kilobytes that unpack to gigabytes")
struct ImageBombTests {
    /// 1.1 GB of zeros behind a head, compressed.
    private func bomb(_ head: [UInt8], _ program: String) async throws -> [UInt8] {
        let directory = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(directory) }
        try FileSystem.write(head, to: directory / "head")
        let script = "cd \(directory) && { cat head; head -c 1100000000 /dev/zero; } | \(program) -q -1 -c >packed"
        let result = try await SystemCommandRunner().run(Command(["/bin/sh", "-c", script], timeoutSeconds: 120))
        #expect(result.status == 0)
        return try FileSystem.readAll(directory / "packed", limit: 16 << 20)
    }

    @Test("are no archive", arguments: ["gzip", "zstd"])
    func archive(_ program: String) async throws {
        let member = try MemberHeader(name: "blobs/sha256/x", size: (8 << 30) - 1)
        let archive = try HandmadeArchive([])
        let bytes = try await bomb(member.bytes, program)
        try archive.rewrite { $0 = bytes }
        #expect(throws: ImageError.expandsTooFar) { try ImageInput.open(archive.path, arch: .amd64) }
    }

    @Test("are no layer")
    func layer() async throws {
        let bytes = try await bomb([], "zstd")
        var image = HandmadeImage(layers: [bytes], diffs: [.ofBytes([1])])
        image.layerType += "+zstd"
        let archive = try HandmadeArchive(image.oci)
        let found = try ImageInput.open(archive.path, arch: .amd64)
        #expect(throws: ImageError.expandsTooFar) { try found.readAndProve(found.layers[0]) }
    }
}

@Suite("A small file that says much")
struct ImageWorkTests {
    /// A pax header (POSIX pax, "pax Header Block") before a member.
    private func extended(_ record: String, _ name: String, _ data: [UInt8]) throws -> [UInt8] {
        func member(_ header: MemberHeader, _ data: [UInt8], type: UInt8?) -> [UInt8] {
            var bytes = header.bytes
            if let type {
                bytes[156] = type
                bytes.replaceSubrange(148..<156, with: [UInt8](repeating: 32, count: 8))
                let sum = bytes.reduce(0) { $0 + Int($1) }
                bytes.replaceSubrange(148..<155, with: Array("00000\(String(sum, radix: 8))".utf8.suffix(6)) + [0])
            }
            return bytes + data + [UInt8](repeating: 0, count: header.paddingBytes)
        }
        // The length counts its own digits.
        var length = record.utf8.count + 3
        while "\(length) \(record)\n".utf8.count != length { length += 1 }
        let text = Array("\(length) \(record)\n".utf8)
        return member(try MemberHeader(name: "x", size: Int64(text.count)), text, type: UInt8(ascii: "x"))
            + member(try MemberHeader(name: name, size: Int64(data.count)), data, type: nil)
    }

    @Test(
        "with a member of fewer than no bytes is damaged",
        arguments: ["SCHILY.realsize=-5", "GNU.sparse.size=-5", "GNU.sparse.realsize=-5"])
    func negativeSize(_ record: String) throws {
        let archive = try HandmadeArchive([])
        let bytes = try extended(record, "manifest.json", Array("[]".utf8)) + [UInt8](repeating: 0, count: 1024)
        try archive.rewrite { $0 = bytes }
        #expect(throws: ImageError.notAnImage) { try ImageInput.open(archive.path, arch: .amd64) }
    }

    @Test("by indexes that name each other over and over is read once")
    func fan() throws {
        func named(_ index: [UInt8], times: Int) -> [UInt8] {
            let entry =
                "{\"mediaType\":\"application/vnd.oci.image.index.v1+json\",\"digest\":\"sha256:\(Digest.ofBytes(index))\"}"
            return HandmadeImage.index([String](repeating: entry, count: times))
        }
        let image = HandmadeImage()
        // A thousand times a thousand times a thousand.
        let inner = HandmadeImage.index([image.descriptor()])
        let middle = named(inner, times: 1000)
        let outer = named(middle, times: 1000)
        let blobs = [inner, middle, outer].map { ("blobs/sha256/\(Digest.ofBytes($0))", $0) }
        let archive = try HandmadeArchive(image.blobs + blobs + [("index.json", named(outer, times: 1000))])
        #expect(try ImageInput.open(archive.path, arch: .amd64).identity.id == image.id)
    }

    @Test("by one config that is named over and over is read once")
    func oneConfig() throws {
        let image = HandmadeImage()
        let layers = image.layers.indices.map { "\"l\($0)/layer.tar\"" }.joined(separator: ",")
        let entry = #"{"Config":"\#(image.id).json","RepoTags":["a:1"],"Layers":[\#(layers)]}"#
        func archive(_ times: Int) throws -> HandmadeArchive {
            let list = [String](repeating: entry, count: times).joined(separator: ",")
            return try HandmadeArchive(
                image.docker.filter { $0.0 != "manifest.json" } + [("manifest.json", Array("[\(list)]".utf8))])
        }
        let (many, more) = (try archive(4000), try archive(5000))
        #expect(try ImageInput.open(many.path, arch: .amd64).identity.id == image.id)
        #expect(throws: ImageError.tooMuchInIt) { try ImageInput.open(more.path, arch: .amd64) }
    }

    @Test("by its names is no image")
    func longNames() throws {
        let record = "path=" + [String](repeating: "a", count: 2100).joined(separator: "/")
        let archive = try HandmadeArchive([])
        let bytes = try extended(record, "x", [1]) + [UInt8](repeating: 0, count: 1024)
        try archive.rewrite { $0 = bytes }
        #expect(throws: ImageError.tooMuchInIt) { try ImageInput.open(archive.path, arch: .amd64) }
    }

    @Test("compressed twice is no layer: runtimes unpack once")
    func twice() async throws {
        let tar = try HandmadeArchive([("etc/motd", Array("hello".utf8))])
        let once = try FileSystem.readAll(try await tar.compressed(by: "gzip"), limit: 1 << 20)
        let inner = try HandmadeArchive([])
        try inner.rewrite { $0 = once }
        let packed = try FileSystem.readAll(try await inner.compressed(by: "gzip"), limit: 1 << 20)
        var image = HandmadeImage(layers: [packed], diffs: [.ofBytes(tar.bytes)])
        image.layerType += "+gzip"
        let archive = try HandmadeArchive(image.oci)
        let found = try ImageInput.open(archive.path, arch: .amd64)
        #expect(throws: ImageError.damaged) { try found.readAndProve(found.layers[0]) }
    }
}
