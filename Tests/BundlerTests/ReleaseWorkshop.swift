// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Bundler
import Events
import HostSystem
import PackStorage
import Testing
import Trust

/// A directory of sources, and bundles made of it.
final class ReleaseWorkshop: Sendable {
    let root: HostPath
    var sources: HostPath { root / "sources" }

    init() throws {
        root = try FileSystem.createTemporaryDirectory()
        try FileSystem.createDirectory(root / "sources")
    }

    deinit { _ = try? FileSystem.removeTree(root) }

    func put(_ path: String, _ text: String, _ permissions: UInt16 = 0o644) throws {
        try put(path, Array(text.utf8), permissions)
    }

    func put(_ path: String, _ bytes: [UInt8], _ permissions: UInt16 = 0o644) throws {
        try FileSystem.createDirectories((sources / path).parent)
        try FileSystem.write(bytes, to: sources / path, permissions: permissions)
    }

    func source(_ from: String, _ to: String, _ use: ReleaseRecipe.Source.Use) -> ReleaseRecipe.Source {
        ReleaseRecipe.Source(from: sources / from, to: to, use: use, place: "bundle.yaml:\(from)")
    }

    func recipe(_ list: [ReleaseRecipe.Source], images: [ReleaseRecipe.ImageSource] = []) throws -> ReleaseRecipe {
        let name = try #require(ReleaseName("shop"))
        let version = try #require(Version("1.2.3"))
        let documents = list.filter { $0.use == .document }.compactMap { ReleasePath($0.to) }.sorted()
        return ReleaseRecipe(
            identity: ReleaseIdentity(name: name, version: version, arch: .amd64), sources: list, images: images
        ) { tree in
            Manifest(
                name: name, version: version, arch: .amd64, tree: tree, docs: ReleaseDocuments(more: documents))
        }
    }

    /// A small release with every kind of source.
    func fill() throws -> ReleaseRecipe {
        try put("build/server", "#!/bin/sh\necho hello\n", 0o600)
        try put("web/index.html", "<h1>hello</h1>")
        try put("web/run.sh", "#!/bin/sh\n", 0o750)
        try put("web/deep/er/empty", "")
        try put("web/copy.html", "<h1>hello</h1>")
        try FileSystem.replaceSymlink(sources / "web/latest", target: "deep/er")
        try put("web/noise", (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* $0 >> 7) })
        try put("notes.md", "read me")
        return try recipe([
            source("build/server", "bin/server", .program), source("web", "share/web", .tree),
            source("notes.md", "docs/notes.md", .document), source("notes.md", "share/notes.md", .file),
        ])
    }

    func request(
        _ name: String = "out.bundle", codec: PackCodec = .xz(preset: 1), jobs: Int = 2, keys: [SigningKey] = []
    )
        -> CreateRequest
    {
        CreateRequest(
            output: root / name, keys: keys, packing: Packing(codec: codec), jobs: jobs, sourceDirectory: sources,
            sourceDate: "1700000000")
    }

    func build(_ recipe: ReleaseRecipe, _ request: CreateRequest, events: any EventSink = SilentSink()) async throws
        -> BuiltBundle
    {
        try await ReleaseBuilder(runner: SystemCommandRunner(), events: events).build(recipe, request)
    }

    func run(_ argv: String...) async throws -> CommandResult { try await SystemCommandRunner().run(Command(argv)) }

    /// What stands in the root beside the sources: nothing half may.
    var leftovers: [String] { get throws { try FileSystem.list(root).filter { $0 != "sources" } } }
}

/// Does something when a step begins.
struct StepHook: EventSink {
    let id: String
    let action: @Sendable () -> Void

    func receive(_ event: Event) {
        if case .stepStarted(id, _, _, _) = event { action() }
    }
}
