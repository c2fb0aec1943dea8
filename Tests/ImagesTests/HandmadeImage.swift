// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem

/// The parts of a small image of two layers, and each way in which tools save one.
struct HandmadeImage {
    var architecture = "amd64"
    var layers: [[UInt8]] = [Array("the base".utf8), [UInt8](repeating: 7, count: 3000)]
    var layerType = "application/vnd.oci.image.layer.v1.tar"
    /// What the config says of its layers; the layers themselves are not compressed.
    var diffs: [Digest]?

    var config: [UInt8] {
        let ids = (diffs ?? layers.map { .ofBytes($0) }).map { "\"sha256:\($0)\"" }.joined(separator: ",")
        return Array(
            #"{"architecture":"\#(architecture)","os":"linux","rootfs":{"type":"layers","diff_ids":[\#(ids)]}}"#.utf8)
    }
    var id: Digest { .ofBytes(config) }
    var manifest: [UInt8] {
        let list = layers.map {
            #"{"mediaType":"\#(layerType)","digest":"sha256:\#(Digest.ofBytes($0))","size":\#($0.count)}"#
        }
        return Array(
            """
            {"schemaVersion":2,"config":{"mediaType":"application/vnd.oci.image.config.v1+json",
            "digest":"sha256:\(id)","size":\(config.count)},"layers":[\(list.joined(separator: ","))]}
            """.utf8)
    }
    var manifestDigest: Digest { .ofBytes(manifest) }

    /// As `skopeo` and `podman save` write it.
    var docker: [(String, [UInt8])] {
        let names = layers.indices.map { "l\($0)/layer.tar" }
        return zip(names, layers).map { ($0, $1) } + [
            ("\(id).json", config), ("manifest.json", list("\(id).json", names)),
        ]
    }

    /// As Docker 25 and later save it: a docker-archive and an OCI layout in one.
    var combined: [(String, [UInt8])] {
        let names = layers.map { "blobs/sha256/\(Digest.ofBytes($0))" }
        return oci + [("manifest.json", list("blobs/sha256/\(id)", names))]
    }

    var oci: [(String, [UInt8])] { blobs + [("index.json", HandmadeImage.index([descriptor()]))] }

    var blobs: [(String, [UInt8])] {
        ([config, manifest] + layers).map { ("blobs/sha256/\(Digest.ofBytes($0))", $0) }
    }

    private func list(_ config: String, _ layers: [String]) -> [UInt8] {
        let names = layers.map { "\"\($0)\"" }.joined(separator: ",")
        return Array(#"[{"Config":"\#(config)","RepoTags":["app:1","app:latest"],"Layers":[\#(names)]}]"#.utf8)
    }

    func descriptor(tag: String = "1.0") -> String {
        """
        {"mediaType":"application/vnd.oci.image.manifest.v1+json","digest":"sha256:\(manifestDigest)",
        "size":\(manifest.count),"platform":{"architecture":"\(architecture)","os":"linux"},
        "annotations":{"org.opencontainers.image.ref.name":"\(tag)"}}
        """
    }

    static func index(_ descriptors: [String]) -> [UInt8] {
        Array("{\"schemaVersion\":2,\"manifests\":[\(descriptors.joined(separator: ","))]}".utf8)
    }

    /// An OCI layout directory; the caller removes it.
    func layout() throws -> HostPath {
        let directory = try FileSystem.createTemporaryDirectory()
        try FileSystem.createDirectories(directory / "blobs/sha256")
        for (name, bytes) in oci { try FileSystem.write(bytes, to: directory / name) }
        return directory
    }
}
