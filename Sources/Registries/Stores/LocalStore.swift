// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
package import HostSystem

/// Images of podman or docker on this machine: they come out by the tool's own `save`.
package struct LocalStore: Sendable {
    private static let longestSeconds = 3600

    private let runner: any CommandRunner
    private let cache: ImageCache

    package init(runner: any CommandRunner, cache: ImageCache) {
        self.runner = runner
        self.cache = cache
    }

    /// The image's ID, which a store knows it by whatever it was pulled from.
    ///
    /// - Throws: `RegistryError.storeFailed`; `CommandError`.
    package static func id(_ reference: ImageReference, runner: any CommandRunner) async throws -> Digest {
        let tool = LocalStore.tool(reference)
        let command = LocalStore.inspection(reference)
        let result = try await runner.run(command)
        let text = result.outputText.filter { !$0.isWhitespace }
        guard result.status == 0, let id = Digest(hex: text.hasPrefix("sha256:") ? String(text.dropFirst(7)) : text)
        else { throw LocalStore.failed(tool, reference, result) }
        return id
    }

    /// A docker-archive of an image, in the cache; one for each ID, and none left of an ID before.
    ///
    /// - Parameter digest: the image's ID.
    /// - Throws: `RegistryError`; `CommandError`; `SystemCallError`.
    package func save(_ reference: ImageReference, _ digest: Digest) async throws -> HostPath {
        let id = try await LocalStore.id(reference, runner: runner)
        guard id == digest else {
            throw RegistryError.notThePinnedImage(reference: reference.text, pinned: digest, found: [id])
        }
        let target = try cache.saved(id)
        if try FileSystem.exists(target) { return target }
        let scratch = try HeldScratch.create(in: target.parent)
        defer { try? scratch.remove() }
        let result = try await runner.run(LocalStore.saving(reference, id, to: scratch.path / "image"))
        guard result.status == 0 else { throw LocalStore.failed(LocalStore.tool(reference), reference, result) }
        try FileSystem.rename(scratch.path / "image", to: target)
        return target
    }

    static func inspection(_ reference: ImageReference) -> Command {
        Command([tool(reference), "image", "inspect", "--format", "{{.Id}}", name(reference)])
    }

    /// podman-save(1), docker-image-save(1): by ID, so that a tag that moves meanwhile changes nothing.
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
