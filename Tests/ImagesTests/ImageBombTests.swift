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
