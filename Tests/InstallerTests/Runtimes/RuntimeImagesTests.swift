// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Testing

@testable import Installer

/// One story for every runtime: an image is asked for, pulled, read back, named, and its name is taken away.
@Suite struct RuntimeImagesTests {
    static let config = Digest.ofBytes([1])
    static let image = Image(
        kind: "docker-archive", config: Image.Blob(digest: config, bytes: 1),
        layers: [Image.Layer(digest: .ofBytes([2]), bytes: 1, diff: .ofBytes([2]))])
    static let manifest = ImageShelf.manifestDigest(of: image)
    static let reference = "127.0.0.1:4000/bundle-x/\(config.short):carried"
    static let name = "localhost/bundle:pond-\(config.short)"

    struct Story: Sendable {
        var runtime: ContainerRuntime
        var byManifest = false
        var answers: [(String, String?)]
        var transcript: [String]
    }

    static let stories = [
        Story(
            runtime: .podman, answers: [("podman pull", "\(config.hex)\n"), ("podman", "")],
            transcript: [
                "podman image exists \(config.hex)",
                "podman pull --quiet --tls-verify=false \(reference)",
                "podman tag \(config.hex) \(name)",
                "podman untag \(config.hex) \(reference)",
                "podman image ls --format {{.Repository}}:{{.Tag}}",
                "podman image rm \(name)",
            ]),
        docker(id: config, byManifest: false), docker(id: manifest, byManifest: true),
        Story(
            runtime: .containerd,
            answers: [
                (
                    "ctr --namespace bundle images check",
                    "REF TYPE DIGEST STATUS SIZE UNPACKED \n\(reference) t sha256:\(manifest) complete (2/2) 1.0 B/1.0 B true\n"
                ),
                (
                    "ctr --namespace bundle content get",
                    String(decoding: ImageShelf.manifest(of: image), as: UTF8.self)
                ), ("ctr", ""),
            ],
            transcript: [
                "ctr --namespace bundle images check",
                "ctr --namespace bundle leases ls --quiet",
                "ctr --namespace bundle images pull --plain-http \(reference)",
                "ctr --namespace bundle images check",
                "ctr --namespace bundle content get sha256:\(manifest)",
                "ctr --namespace bundle images tag --force \(reference) \(name)",
                "ctr --namespace bundle images rm \(reference)",
                "ctr --namespace bundle images ls --quiet",
                "ctr --namespace bundle images rm --sync \(name)",
            ]),
    ]

    private static func docker(id: Digest, byManifest: Bool) -> Story {
        Story(
            runtime: .docker, byManifest: byManifest,
            answers: [("docker image inspect", "sha256:\(id)\n"), ("docker", "")],
            transcript: [
                "docker image inspect --format {{.Id}} sha256:\(id)",
                "docker pull --quiet \(reference)",
                "docker image inspect --format {{.Id}} \(reference)",
                "docker tag sha256:\(id) \(name)",
                "docker image rm \(reference)",
                "docker image ls --format {{.Repository}}:{{.Tag}}",
                "docker image rm \(name)",
            ])
    }

    @Test(arguments: stories)
    func anImageComesAndGoes(_ story: Story) async throws {
        let product = try #require(ReleaseName("pond"))
        let runner = ScriptedRunner(story.answers)
        let images = story.runtime.images(runner, byManifest: story.byManifest)
        _ = try await images.holds(Self.image, for: product)
        try await images.pull(Self.image, from: Self.reference)
        try await images.name(Self.image, for: product, from: Self.reference)
        _ = try await images.names()
        try await images.remove(Self.name)
        #expect(runner.transcript == story.transcript)
    }

    @Test(arguments: ContainerRuntime.allCases)
    func whatARuntimeSaysOfAFailureIsKept(_ runtime: ContainerRuntime) async {
        let program = runtime == .containerd ? "ctr" : runtime.rawValue
        let said = CommandResult(status: 1, errors: Array("no space left".utf8))
        let images = runtime.images(ScriptedRunner(failing: program, said))
        await #expect(throws: RuntimeError.failed(output: "no space left")) {
            try await images.pull(Self.image, from: Self.reference)
        }
    }

    @Test func anotherImageIsNotTaken() async throws {
        let other = Digest.ofBytes([9])
        let docker = ContainerRuntime.docker.images(
            ScriptedRunner([("docker pull", ""), ("docker image inspect", "sha256:\(other)\n")]))
        await #expect(throws: RuntimeError.differs(found: "sha256:\(other)")) {
            try await docker.pull(Self.image, from: Self.reference)
        }
        await #expect(throws: RuntimeError.differs(found: "\(other)\n")) {
            try await PodmanImages(runner: ScriptedRunner([("podman pull", "\(other)\n")])).pull(
                Self.image, from: Self.reference)
        }
        // The manifest of that digest must be what containerd hands out.
        let forged = ScriptedRunner([
            (
                "ctr --namespace bundle images check",
                "\(Self.reference) t sha256:\(Self.manifest) complete (2/2) 1.0 B/1.0 B true\n"
            ), ("ctr --namespace bundle content get", "{\"config\":{\"digest\":\"sha256:\(Self.config)\"}}"),
            ("ctr", ""),
        ])
        await #expect(throws: RuntimeError.differs(found: "no config")) {
            try await ContainerdImages(runner: forged).pull(Self.image, from: Self.reference)
        }
        // One that is not whole, or not unpacked, is not held.
        let product = try #require(ReleaseName("pond"))
        for state in ["incomplete (1/2) 1.0 B/1.0 B false", "complete (2/2) 1.0 B/1.0 B false"] {
            let runner = ScriptedRunner([
                ("ctr --namespace bundle images check", "\(Self.name) t sha256:\(Self.manifest) \(state)\n")
            ])
            #expect(try await !ContainerdImages(runner: runner).holds(Self.image, for: product))
        }
    }

    @Test(arguments: [
        ("localhost/bundle:pond-0123456789ab", true, false), ("localhost/bundle:pond-a-0123456789ab", false, false),
        ("localhost/bundle:pond-0123456789a", false, false), ("localhost/pond:0123456789ab", false, false),
        ("127.0.0.1:99/bundle-00ff/0123456789ab:carried", false, true), ("127.0.0.1:5000/pond:1", false, false),
    ])
    func namesSayWhoseTheyAre(name: String, isLasting: Bool, isPassing: Bool) throws {
        let product = try #require(ReleaseName("pond"))
        #expect(ImageName.isLasting(name, product) == isLasting)
        #expect(ImageName.isPassing(name) == isPassing)
    }
}
