// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
package import HostSystem

/// Images of podman or docker on this machine: they come out by the tool's own `save`.
package struct LocalStore: Sendable {
    private static let longestSeconds = 3600

    private let runner: any CommandRunner
    private let environment: [String: String]

    /// - Parameter environment: of the user, of which the tools get what says where their store is.
    package init(runner: any CommandRunner, environment: (String) -> String?) {
        self.runner = runner
        self.environment = LocalStore.variables.reduce(into: [:]) { $0[$1] = environment($1) }
    }

    /// containers-storage.conf(5), podman(1), docker(1).
    private static let variables = [
        "HOME", "XDG_RUNTIME_DIR", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "CONTAINERS_CONF", "CONTAINERS_STORAGE_CONF",
        "CONTAINER_HOST", "DOCKER_HOST", "DOCKER_CONTEXT", "DOCKER_CONFIG",
    ]

    /// The image's ID, which a store knows it by whatever it was pulled from.
    ///
    /// - Throws: `RegistryError.storeFailed`; `CommandError`.
    package func id(_ reference: ImageReference) async throws -> Digest {
        let tool = LocalStore.tool(reference)
        let result = try await run(LocalStore.inspection(reference))
        let text = result.outputText.filter { !$0.isWhitespace }
        guard result.status == 0, let id = Digest(hex: text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text)
        else { throw LocalStore.failed(tool, reference, result) }
        return id
    }

    /// A docker-archive of an image, in the cache as `ID.SHA256`: hashed before it is used again. What its name stands for by now
    /// is not asked.
    ///
    /// - Parameter digest: the image's ID.
    /// - Throws: `RegistryError`; `CommandError`; `SystemCallError`.
    package func save(_ reference: ImageReference, _ digest: Digest, in cache: ImageCache) async throws -> HostPath {
        let directory = try cache.saved()
        for name in try FileSystem.list(directory) where name.hasPrefix("\(digest).") {
            let found = try ImageCache.digest(of: try HostFile.open(directory / name, .read, followLinks: false))
            if name == "\(digest).\(found)" { return directory / name }
            try FileSystem.remove(directory / name)
        }
        let scratch = try HeldScratch.create(in: directory)
        defer { try? scratch.remove() }
        let result = try await run(LocalStore.saving(reference, digest, to: scratch.path / "image"))
        guard result.status == 0 else {
            let now = try await id(reference)
            guard now == digest else {
                throw RegistryError.notThePinnedImage(reference: reference.text, pinned: digest, found: [now])
            }
            throw LocalStore.failed(LocalStore.tool(reference), reference, result)
        }
        let made = try ImageCache.digest(of: try HostFile.open(scratch.path / "image", .read, followLinks: false))
        let target = directory / "\(digest).\(made)"
        try FileSystem.rename(scratch.path / "image", to: target)
        return target
    }

    private func run(_ command: Command) async throws -> CommandResult {
        var command = command
        command.environment = environment
        return try await runner.run(command)
    }

    static func inspection(_ reference: ImageReference) -> Command {
        Command([tool(reference), "image", "inspect", "--format", "{{.Id}}", name(reference)])
    }

    /// podman-save(1), docker-image-save(1): by ID, so that a tag that moved changes nothing.
    static func saving(_ reference: ImageReference, _ id: Digest, to path: HostPath) -> Command {
        let form = reference.store == .podman ? ["--quiet", "--format", "docker-archive"] : []
        return Command(
            [tool(reference), "save"] + form + ["--output", path.text, id.hex], timeoutSeconds: longestSeconds)
    }

    private static func tool(_ reference: ImageReference) -> String { reference.store == .podman ? "podman" : "docker" }

    private static func name(_ reference: ImageReference) -> String {
        reference.name + (reference.tag.map { ":\($0)" } ?? "")
    }

    private static func failed(_ tool: String, _ reference: ImageReference, _ result: CommandResult) -> RegistryError {
        .storeFailed(tool: tool, image: name(reference), output: result.errorText)
    }
}
