// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

/// The images of one container runtime, through its own commands. Whatever the runtime, an image comes from the loopback
/// endpoint, is known by its ID, and is kept by a name of its product's.
protocol RuntimeImages: Sendable {
    /// Whether the runtime holds the image as a unit of the product would run it.
    func holds(_ image: Image, for product: ReleaseName) async throws -> Bool
    /// Pulls what the runtime lacks of it and reads the ID back.
    /// - Throws: `RuntimeError`.
    func pull(_ image: Image, from reference: String) async throws
    /// Gives an image that is held the product's name, and takes the endpoint's away.
    /// - Parameter reference: nil when it was held before.
    func name(_ image: Image, for product: ReleaseName, from reference: String?) async throws
    /// What the runtime calls the image: its ID, of docker with containerd's store the digest of its manifest.
    func identity(_ image: Image) -> Digest
    /// What it calls the image that has this name now; nil when none has.
    /// - Throws: when it does not answer.
    func identity(named name: String) async throws -> Digest?
    /// What it calls the image that a running container was made from; nil where the runtime does not say.
    func imageOfContainer(_ name: String) async throws -> Digest?
    /// Every name of every image.
    func names() async throws -> [String]
    /// Takes a name away, and the image with its last one, unless a container uses it.
    func remove(_ name: String) async throws
    /// Takes away what a pull that died left of an image that this host did not have before.
    func sweep(_ image: Image) async throws
    /// Takes away what is nobody's once the last image has gone.
    func tidy() async throws
}

extension RuntimeImages {
    func sweep(_ image: Image) async throws {}
    func tidy() async throws {}
    func identity(_ image: Image) -> Digest { image.id }
    func imageOfContainer(_ name: String) async throws -> Digest? { nil }
}

package enum RuntimeError: Error, Equatable, Sendable {
    /// A command of the runtime failed, with what it said.
    case failed(output: String)
    /// What was pulled is another image.
    case differs(found: String)
}

extension ContainerRuntime {
    /// - Parameter byManifest: docker with the image store of containerd (`RuntimeReport.namesManifests`).
    func images(_ runner: any CommandRunner, byManifest: Bool = false) -> any RuntimeImages {
        switch self {
        case .podman: PodmanImages(runner: runner)
        case .docker: DockerImages(runner: runner, byManifest: byManifest)
        case .containerd: ContainerdImages(runner: runner)
        }
    }
}

extension CommandRunner {
    /// - Throws: `RuntimeError.failed` unless it ends well.
    @discardableResult
    func succeed(_ argv: [String], timeoutSeconds: Int = 90) async throws -> CommandResult {
        let result = try await run(Command(argv, timeoutSeconds: timeoutSeconds))
        guard result.status == 0 else { throw RuntimeError.failed(output: result.errorText + result.outputText) }
        return result
    }

    /// The digest that it says, with or without `sha256:`; nil when it fails.
    func digest(_ argv: [String]) async throws -> Digest? {
        let result = try await run(Command(argv))
        guard result.status == 0, let line = result.outputText.split(separator: "\n").first else { return nil }
        return Digest(hex: line.hasPrefix("sha256:") ? line.dropFirst(7) : line)
    }

    /// The lines of what it says.
    func lines(_ argv: [String]) async throws -> [String] {
        try await succeed(argv).outputText.split(separator: "\n").map(String.init)
    }
}
