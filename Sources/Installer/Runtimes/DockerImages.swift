// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

/// docker pulls from 127.0.0.0/8 without TLS whatever its settings are (dockerd(8), `--insecure-registry`).
struct DockerImages: RuntimeImages {
    let runner: any CommandRunner
    /// With the image store of containerd an image's ID is the digest of its manifest, which names the config by its own.
    let byManifest: Bool

    /// What units run, and docker says of itself.
    static func id(of image: Image, byManifest: Bool) -> Digest {
        byManifest ? ImageShelf.manifestDigest(of: image) : image.id
    }

    private func id(_ image: Image) -> String { "sha256:\(DockerImages.id(of: image, byManifest: byManifest))" }

    func holds(_ image: Image, for product: ReleaseName) async throws -> Bool {
        try await runner.run(Command(inspection("{{.Id}}", id(image)))).status == 0
    }

    func pull(_ image: Image, from reference: String) async throws {
        try await runner.succeed(["docker", "pull", "--quiet", reference], timeoutSeconds: 3600)
        let found = try await runner.lines(inspection("{{.Id}}", reference)).first ?? ""
        guard found == id(image) else { throw RuntimeError.differs(found: found) }
    }

    func name(_ image: Image, for product: ReleaseName, from reference: String?) async throws {
        try await runner.succeed(["docker", "tag", id(image), ImageName.lasting(image.id, product)])
        if let reference { try await runner.succeed(["docker", "image", "rm", reference]) }
    }

    func identity(_ image: Image) -> Digest { DockerImages.id(of: image, byManifest: byManifest) }

    func identity(named name: String) async throws -> Digest? {
        try await runner.digest(inspection("{{.Id}}", name))
    }

    func imageOfContainer(_ name: String) async throws -> Digest? {
        try await runner.digest(["docker", "container", "inspect", "--format", "{{.Image}}", name])
    }

    func names() async throws -> [String] {
        try await runner.lines(["docker", "image", "ls", "--format", "{{.Repository}}:{{.Tag}}"])
    }

    /// docker-image-rm(1): of the last name the image goes with it, unless a container uses it.
    func remove(_ name: String) async throws { try await runner.succeed(["docker", "image", "rm", name]) }

    func sweep(_ image: Image) async throws {
        let tags = try await runner.run(Command(inspection("{{len .RepoTags}}", id(image))))
        guard tags.outputText == "0\n" else { return }
        try await runner.succeed(["docker", "image", "rm", id(image)])
    }

    private func inspection(_ format: String, _ name: String) -> [String] {
        ["docker", "image", "inspect", "--format", format, name]
    }
}
