// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

struct PodmanImages: RuntimeImages {
    let runner: any CommandRunner

    func holds(_ image: Image, for product: ReleaseName) async throws -> Bool {
        try await runner.run(Command(["podman", "image", "exists", image.id.hex])).status == 0
    }

    /// podman-pull(1): the layers that it lacks, by their digests. It computes the ID from what it stored, and says it last; to
    /// ask for it would take as long as a small load.
    func pull(_ image: Image, from reference: String) async throws {
        let argv = ["podman", "pull", "--quiet", "--tls-verify=false", reference]
        let pulled = try await runner.succeed(argv, timeoutSeconds: 3600)
        guard pulled.outputText.split(separator: "\n").last.map(String.init) == image.id.hex else {
            throw RuntimeError.differs(found: pulled.outputText)
        }
    }

    func name(_ image: Image, for product: ReleaseName, from reference: String?) async throws {
        try await runner.succeed(["podman", "tag", image.id.hex, ImageName.lasting(image.id, product)])
        if let reference { try await runner.succeed(["podman", "untag", image.id.hex, reference]) }
    }

    func identity(named name: String) async throws -> Digest? {
        try await runner.digest(["podman", "image", "inspect", "--format", "{{.Id}}", name])
    }

    func imageOfContainer(_ name: String) async throws -> Digest? {
        try await runner.digest(["podman", "container", "inspect", "--format", "{{.Image}}", name])
    }

    func names() async throws -> [String] {
        try await runner.lines(["podman", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}"])
    }

    /// podman-image-rm(1): of the last name the image goes with it, unless a container uses it.
    func remove(_ name: String) async throws { try await runner.succeed(["podman", "image", "rm", name]) }

    /// An image that has no name at all yet.
    func sweep(_ image: Image) async throws {
        let argv = ["podman", "image", "inspect", "--format", "{{len .RepoTags}}", image.id.hex]
        guard try await runner.run(Command(argv)).outputText == "0\n" else { return }
        try await runner.succeed(["podman", "image", "rm", image.id.hex])
    }
}
