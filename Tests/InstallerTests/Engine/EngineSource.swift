// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem

@testable import EngineFakes
@testable import Installer

/// A release on a medium that never fails by itself: its programs are a line of text each.
final class EngineSource: ReleaseSource, ReleaseDelivery {
    let manifest: Manifest
    let digest: Digest
    private let files: [ReleasePath: [UInt8]]
    private let list: FileList
    private let layout: HostLayout
    private let wire: Tripwire

    /// - Parameter services: the manifest's; each of them, and each job, runs `{{ bin }}/NAME`.
    init(
        _ version: String, services: [String: Service], jobs: [String: Job] = [:], layout: HostLayout, wire: Tripwire
    ) throws {
        var files: [ReleasePath: [UInt8]] = [:]
        for name in Array(services.keys) + jobs.keys {
            // What runs once and is named `kept` is the same program in every release.
            files[try path("bin/\(name)")] = Array("\(name) \(name == "kept" ? "" : version)\n".utf8)
        }
        files[try path("share/web.txt")] = Array("{{ version }} in {{ slot }}\n".utf8)
        files[try path("share/store.txt")] = Array("{{ version }}\n".utf8)
        list = try FileList(files.map { FileList.Entry(path: $0.key, digest: Digest.ofBytes($0.value)) })
        self.files = files
        self.layout = layout
        self.wire = wire
        guard let number = Version(version) else { throw Tripwire.Broken() }
        var manifest = Manifest(
            name: layout.product, version: number, arch: .amd64,
            tree: InstalledTree(
                sha256: Digest.ofBytes(list.bytes), files: list.count, directories: 2,
                bytes: Int64(files.values.map(\.count).reduce(0, +))))
        manifest.executables = (Array(services.keys) + jobs.keys).sorted().compactMap { ReleasePath("bin/\($0)") }.map {
            Executable(path: $0)
        }
        let id = Digest.ofBytes(Array("box \(version)".utf8))
        manifest.images = ["box": Image(kind: "docker-archive", config: Image.Blob(digest: id, bytes: 64), layers: [])]
        manifest.config = [
            "web.txt": ConfigTemplate(template: try path("share/web.txt"), check: ["{{ bin }}/web", "{{ file }}"]),
            "store.txt": ConfigTemplate(template: try path("share/store.txt")),
        ]
        manifest.services = services
        manifest.jobs = jobs
        // Time is a fake's, but each look in it is a call that may fail, and all of them are tried.
        manifest.cutover = CutoverSettings(healthTimeout: .seconds(5), bake: .seconds(1), drain: .seconds(1))
        self.manifest = manifest
        digest = Digest.ofBytes(try ManifestDocument.encode(manifest))
    }

    func fileDigest(_ path: ReleasePath) -> Digest? { list.digest(of: path) }
    func fileDigests(below directory: String) -> [Digest] {
        list.entries.filter { $0.path.text.hasPrefix(directory + "/") }.map(\.digest)
    }
    var fileNames: [String] { list.entries.compactMap { $0.path.segments.last.map(String.init) } }
    func read(_ path: ReleasePath) throws -> [UInt8] { files[path] ?? [] }
    var delivery: (any ReleaseDelivery)? { self }

    func stage(progress: @escaping @Sendable (Int64, Int64) -> Void) async throws {
        try wire.pass(.fallible("stage"))
        try FileSystem.createDirectories(layout.staging)
        try FileSystem.write(Array("pack".utf8), to: layout.staging / "pack")
        try wire.pass(.fallible("after stage"))
    }

    func unpack(progress: @escaping @Sendable (Int64, Int64) -> Void) async throws {
        let target = layout.release(directory)
        for (path, bytes) in files.sorted(by: { $0.key < $1.key }) {
            try wire.pass(.fallible("unpack \(path)"))
            try FileSystem.createDirectories((target / path.text).parent)
            try FileSystem.write(bytes, to: target / path.text, permissions: 0o755)
        }
        try FileSystem.removeTree(layout.staging)
    }

    func keepEvidence() throws {
        try wire.pass(.fallible("evidence"))
        let evidence = layout.evidence(directory)
        try FileSystem.createDirectories(evidence)
        try FileSystem.write(try ManifestDocument.encode(manifest), to: evidence / ManifestDocument.name)
        try FileSystem.write(list.bytes, to: evidence / FileList.name)
        try wire.pass(.fallible("after evidence"))
    }

    func write(content: Digest, to sink: any ByteSink) throws {
        try Array(content.hex.utf8).withUnsafeBytes { try sink.write($0) }
    }
}

private func path(_ text: String) throws -> ReleasePath {
    guard let path = ReleasePath(text) else { throw Tripwire.Broken() }
    return path
}
