// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem

/// A tar archive written by hand, member after member, in a file of its own.
final class HandmadeArchive {
    let path: HostPath
    private let directory: HostPath
    private(set) var bytes: [UInt8] = []

    init(_ members: [(String, [UInt8])]) throws {
        directory = try FileSystem.createTemporaryDirectory()
        path = directory / "image.tar"
        for (name, data) in members {
            let header = try MemberHeader(name: name, size: Int64(data.count))
            bytes += header.bytes + data + [UInt8](repeating: 0, count: header.paddingBytes)
        }
        bytes += [UInt8](repeating: 0, count: 1024)
        try FileSystem.write(bytes, to: path)
    }

    deinit { _ = try? FileSystem.removeTree(directory) }

    func rewrite(_ change: (inout [UInt8]) -> Void) throws {
        var changed = bytes
        change(&changed)
        try FileSystem.write(changed, to: path)
    }
}

/// The documents of a small image, each by its digest.
struct HandmadeImage {
    var architecture = "amd64"
    var layer: [UInt8] = Array("a layer".utf8)

    var config: [UInt8] { Array("{\"architecture\":\"\(architecture)\",\"os\":\"linux\",\"rootfs\":{}}".utf8) }
    var id: Digest { .ofBytes(config) }
    var manifest: [UInt8] {
        Array(
            """
            {"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json",
            "digest":"sha256:\(id)","size":\(config.count)},"layers":[{"mediaType":"x",
            "digest":"sha256:\(Digest.ofBytes(layer))","size":\(layer.count)}]}
            """.utf8)
    }
    var manifestDigest: Digest { .ofBytes(manifest) }

    var docker: [(String, [UInt8])] {
        let list = "[{\"Config\":\"\(id).json\",\"RepoTags\":[\"app:1\"],\"Layers\":[\"l/layer.tar\"]}]"
        return [("l/layer.tar", layer), ("\(id).json", config), ("manifest.json", Array(list.utf8))]
    }

    var blobs: [(String, [UInt8])] {
        [config, manifest, layer].map { ("blobs/sha256/\(Digest.ofBytes($0))", $0) }
    }

    func descriptor(_ type: String = "manifest") -> String {
        """
        {"mediaType":"application/vnd.oci.image.\(type).v1+json","digest":"sha256:\(manifestDigest)","size":1,
        "platform":{"architecture":"\(architecture)","os":"linux"},
        "annotations":{"org.opencontainers.image.ref.name":"1.0"}}
        """
    }

    var oci: [(String, [UInt8])] { blobs + [("index.json", HandmadeImage.index([descriptor()]))] }

    static func index(_ descriptors: [String]) -> [UInt8] {
        Array("{\"schemaVersion\":2,\"manifests\":[\(descriptors.joined(separator: ","))]}".utf8)
    }
}
