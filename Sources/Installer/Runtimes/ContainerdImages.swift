// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import FoundationEssentials
import HostSystem

/// What an image was built to run: its entry point, and the arguments that others may replace.
struct ImageProgram: Equatable, Sendable {
    var entryPoint: [String] = []
    var command: [String] = []
}

/// containerd's images, in a namespace of ours: in `k8s.io` the kubelet would count and collect them, in `default` they
/// would stand among what people try out, in `moby` they would be docker's. What lies in ours is ours to clean up, and
/// layers that other namespaces have too are still on disk once.
struct ContainerdImages: RuntimeImages {
    let runner: any CommandRunner

    static let ctr = ["ctr", "--namespace", "bundle"]

    /// An image is a name for a manifest here: what another product holds is pulled again, which brings no layer.
    func holds(_ image: Image, for product: ReleaseName) async throws -> Bool {
        guard let manifest = try await unpacked()[ImageName.lasting(image.id, product)] else { return false }
        return try await config(of: manifest) == image.id
    }

    func pull(_ image: Image, from reference: String) async throws {
        // The daemon may have been down when the load was undone.
        try await dropLeases()
        let argv = ContainerdImages.ctr + ["images", "pull", "--plain-http", reference]
        let pulled = try await runner.succeed(argv, timeoutSeconds: 3600)
        guard let manifest = try await unpacked()[reference] else {
            throw RuntimeError.failed(output: pulled.errorText + "it is not complete")
        }
        let found = try await config(of: manifest)
        guard found == image.id else { throw RuntimeError.differs(found: found?.hex ?? "no config") }
    }

    func name(_ image: Image, for product: ReleaseName, from reference: String?) async throws {
        // What is held has its product's name already: that is how it is found.
        guard let reference else { return }
        let name = ImageName.lasting(image.id, product)
        try await runner.succeed(ContainerdImages.ctr + ["images", "tag", "--force", reference, name])
        try await runner.succeed(ContainerdImages.ctr + ["images", "rm", reference])
    }

    func identity(named name: String) async throws -> Digest? {
        guard let manifest = try await unpacked()[name] else { return nil }
        return try await config(of: manifest)
    }

    func names() async throws -> [String] {
        try await runner.lines(ContainerdImages.ctr + ["images", "ls", "--quiet"])
    }

    /// With the last name of a content its garbage collector takes it; a container's snapshots hold what they stand on.
    func remove(_ name: String) async throws {
        try await runner.succeed(ContainerdImages.ctr + ["images", "rm", "--sync", name])
    }

    func sweep(_ image: Image) async throws { try await dropLeases() }

    /// A pull that was killed holds its lease for a day, and with it what it had.
    private func dropLeases() async throws {
        for lease in try await runner.lines(ContainerdImages.ctr + ["leases", "ls", "--quiet"]) {
            _ = try await runner.run(Command(ContainerdImages.ctr + ["leases", "rm", "--sync", lease]))
        }
    }

    /// Refused while anything is in it.
    func tidy() async throws {
        try await dropLeases()
        _ = try await runner.run(Command(["ctr", "namespaces", "rm", "bundle"]))
    }

    /// Digests of the manifests of all images that are whole and unpacked, by name.
    func unpacked() async throws -> [String: Digest] {
        var found: [String: Digest] = [:]
        for line in try await runner.lines(ContainerdImages.ctr + ["images", "check"]) {
            // REF TYPE DIGEST STATUS SIZE UNPACKED; a status is `complete (4/4)`.
            let words = line.split(separator: " ")
            guard words.count > 5, words[3] == "complete", words.last == "true", words[2].hasPrefix("sha256:"),
                let digest = Digest(hex: words[2].dropFirst(7))
            else { continue }
            found[String(words[0])] = digest
        }
        return found
    }

    /// What its config says it runs.
    func program(of id: Digest) async throws -> ImageProgram {
        struct Config: Decodable {
            struct Run: Decodable {
                let Entrypoint: [String]?
                let Cmd: [String]?
            }
            let config: Run?
        }
        let bytes = try await runner.succeed(ContainerdImages.ctr + ["content", "get", "sha256:\(id)"]).output
        guard Digest.ofBytes(bytes) == id, let run = try? JSONDecoder().decode(Config.self, from: Data(bytes)) else {
            throw RuntimeError.differs(found: Digest.ofBytes(bytes).hex)
        }
        return ImageProgram(entryPoint: run.config?.Entrypoint ?? [], command: run.config?.Cmd ?? [])
    }

    /// The image's ID: what its manifest names as config, once the manifest is what its digest says.
    func config(of manifest: Digest) async throws -> Digest? {
        struct Manifest: Decodable {
            struct Descriptor: Decodable { let digest: String }
            let config: Descriptor
        }
        let bytes = try await runner.succeed(ContainerdImages.ctr + ["content", "get", "sha256:\(manifest)"]).output
        guard Digest.ofBytes(bytes) == manifest,
            let decoded = try? JSONDecoder().decode(Manifest.self, from: Data(bytes)),
            decoded.config.digest.hasPrefix("sha256:")
        else { return nil }
        return Digest(hex: decoded.config.digest.dropFirst(7))
    }
}
