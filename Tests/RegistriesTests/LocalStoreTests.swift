// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Synchronization
import Testing

@testable import Registries

/// Says what podman would, and writes what it was told to save.
private final class ScriptedStore: CommandRunner {
    let ran = Mutex<[Command]>([])
    private let id: String

    init(id: String) { self.id = id }

    func run(_ command: Command) async throws -> CommandResult {
        ran.withLock { $0.append(command) }
        guard let place = command.argv.firstIndex(of: "--output") else {
            return CommandResult(
                status: id.isEmpty ? 125 : 0, output: Array("\(id)\n".utf8), errors: Array("no\n".utf8))
        }
        guard id.hasSuffix(command.argv.last ?? "-") else { return CommandResult(status: 125) }
        try FileSystem.write([1, 2, 3], to: HostPath(command.argv[place + 1]), permissions: 0o600)
        return CommandResult(status: 0)
    }

    func run(_ command: Command, streaming input: @Sendable @escaping (any ByteSink) throws -> Void) async throws
        -> CommandResult
    { try await run(command) }
}

@Suite struct LocalStoreTests {
    private static let hex = String(repeating: "ab", count: 32)

    @Test(arguments: ["containers-storage:localhost/app:1", "docker-daemon:app"])
    func anImageComesOutByItsIDAndOnce(name: String) async throws {
        let directory = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(directory) }
        let reference = try #require(ImageReference("\(name)@sha256:\(Self.hex)"))
        let digest = try #require(reference.digest)
        let runner = ScriptedStore(id: name.hasPrefix("docker") ? "sha256:\(Self.hex)" : Self.hex)
        let store = LocalStore(runner: runner) { $0 == "HOME" ? "/home/author" : nil }
        let cache = try ImageCache(directory)
        let path = try await store.save(reference, digest, in: cache)
        #expect(try FileSystem.readAll(path, limit: 10) == [1, 2, 3])
        #expect(path.name.hasPrefix("\(Self.hex)."))
        #expect(try await store.save(reference, digest, in: cache) == path)
        // One that is not what was saved is saved anew.
        try FileSystem.write([9], to: path, permissions: 0o600)
        #expect(try FileSystem.readAll(try await store.save(reference, digest, in: cache), limit: 10) == [1, 2, 3])
        let ran = runner.ran.withLock { $0 }
        let tool = name.hasPrefix("docker") ? "docker" : "podman"
        // By its ID, and without asking what its name stands for by now.
        #expect(ran.map { $0.argv.prefix(2) } == [[tool, "save"], [tool, "save"]])
        #expect(ran.allSatisfy { $0.argv.last == Self.hex })
        #expect(ran.allSatisfy { $0.environment == ["HOME": "/home/author"] })
    }

    @Test func anotherImageIsNotSaved() async throws {
        let directory = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(directory) }
        let reference = try #require(ImageReference("docker-daemon:app@sha256:\(Self.hex)"))
        let pinned = try #require(Digest(hex: String(repeating: "cd", count: 32)))
        let store = LocalStore(runner: ScriptedStore(id: Self.hex)) { _ in nil }
        let found = try #require(Digest(hex: Self.hex))
        await #expect(
            throws: RegistryError.notThePinnedImage(reference: reference.text, pinned: pinned, found: [found])
        ) {
            try await store.save(reference, pinned, in: try ImageCache(directory))
        }
        await #expect(throws: RegistryError.storeFailed(tool: "docker", image: "app", output: "no\n")) {
            try await LocalStore(runner: ScriptedStore(id: "")) { _ in nil }.id(reference)
        }
    }
}
