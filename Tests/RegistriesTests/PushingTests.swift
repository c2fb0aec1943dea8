// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import NIOHTTP1
import Testing

@testable import Registries

@Suite struct PushingTests {
    private static let config = Array("{}".utf8)

    private static func order(tag: String = "1.0.0") -> ImagePusher.Order {
        let layer = Digest.ofBytes(PullingBench.layer)
        let manifest = PullingBench.manifest(.ofBytes(config), layer, bytes: PullingBench.layer.count)
        let image = Image(
            kind: "oci-archive", config: Image.Blob(digest: .ofBytes(config), bytes: 2),
            manifest: Image.Blob(digest: .ofBytes(manifest), bytes: Int64(manifest.count)),
            layers: [Image.Layer(digest: layer, bytes: Int64(PullingBench.layer.count), diff: layer)])
        return ImagePusher.Order(
            image: image, manifest: manifest, type: "application/vnd.oci.image.manifest.v1+json", repository: "a",
            tag: tag)
    }

    private static func client(_ registry: FakeRegistry) throws -> RegistryClient {
        RegistryClient(
            registry.name, try RegistryAccess(plainHTTP: true), limits: Exchange.Limits(idleSeconds: 5)
        ) { _ in }
    }

    private static func push(to registry: FakeRegistry, _ order: ImagePusher.Order = order()) async throws {
        let pusher = ImagePusher(try client(registry))
        let missing = try await pusher.missing(order, replaceable: false)
        try await pusher.push(order, missing: missing, elsewhere: [:], progress: { _ in }) { digest, sink in
            let bytes = digest == .ofBytes(config) ? config : PullingBench.layer
            // As packs give it: in parts.
            for start in stride(from: 0, to: bytes.count, by: 30_000) {
                try bytes[start..<min(start + 30_000, bytes.count)].withUnsafeBytes { try sink.write($0) }
            }
        }
    }

    @Test func theRegistryHasTheVeryBytes() async throws {
        let registry = try await FakeRegistry()
        try await Self.push(to: registry)
        #expect(registry.blobs.values.contains(PullingBench.layer))
        let found = try await Self.client(registry).manifest("a", .tag("1.0.0"))
        #expect(found.digest == Self.order().digest)
        let before = registry.heard.count
        try await Self.push(to: registry)
        #expect(!registry.heard[before...].contains { $0.method == .POST || $0.method == .PATCH })
    }

    @Test func anUploadGoesOnWhereItWasCut() async throws {
        let registry = try await FakeRegistry()
        registry.cutUploads(at: [90_000, 60_000])
        _ = registry.put(Self.config)
        try await Self.push(to: registry)
        let ranges = registry.heard.filter { $0.method == .PATCH }.compactMap { $0.header("content-range") }
        #expect(ranges == ["0-199999", "90000-199999", "150000-199999"])
        #expect(registry.blobs.values.contains(PullingBench.layer))
    }

    @Test func aForgottenUploadBeginsAgain() async throws {
        let registry = try await FakeRegistry { heard, count in
            heard.method == .GET && heard.uri.contains("/uploads/") && count == 0
                ? FakeRegistry.Reply(status: 404) : nil
        }
        registry.cutUploads(at: [90_000])
        _ = registry.put(Self.config)
        try await Self.push(to: registry)
        #expect(registry.heard.count { $0.method == .POST } == 2)
        #expect(registry.blobs.values.contains(PullingBench.layer))
    }

    @Test(arguments: ["0-9223372036854775807", "0-99999999999999999999", "x", "0--1", "0-0"])
    func whatAnUploadSaysOfItselfIsBounded(range: String) async throws {
        let registry = try await FakeRegistry { heard, _ in
            guard heard.method == .GET, heard.uri.contains("/uploads/") else { return nil }
            return FakeRegistry.Reply(
                status: 204, headers: [("range", range), ("location", "/v2/a/blobs/uploads/1?state=x")])
        }
        registry.cutUploads(at: [90_000])
        _ = registry.put(Self.config)
        // The fake keeps what it has: none of these is where it stands, and the registry refuses what follows.
        await #expect(throws: RegistryError.self) { try await Self.push(to: registry) }
    }

    @Test func aTagOfAnotherImageStays() async throws {
        let registry = try await FakeRegistry()
        let other = registry.putManifest(Array("{\"other\":1}".utf8), tag: "1.0.0")
        await #expect(
            throws: RegistryError.tagTaken(registry: registry.name, repository: "a", tag: "1.0.0", by: other)
        ) { try await Self.push(to: registry) }
        #expect(!registry.heard.contains { $0.method == .PUT })
    }

    @Test func anotherDigestThanWasPutIsNamed() async throws {
        let found = Digest.ofBytes([1])
        let registry = try await FakeRegistry { heard, _ in
            guard heard.method == .PUT, heard.uri.contains("/manifests/") else { return nil }
            return FakeRegistry.Reply(status: 201, headers: [("docker-content-digest", "sha256:\(found)")])
        }
        await #expect(
            throws: RegistryError.wrongBytes(
                registry: registry.name, what: "manifests/1.0.0", expected: Self.order().digest, found: found)
        ) { try await Self.push(to: registry) }
    }

    @Test func aRefusalIsSaidInTheRegistrysWords() async throws {
        let registry = try await FakeRegistry { heard, _ in
            guard heard.method == .POST else { return nil }
            let body = "{\"errors\":[{\"code\":\"SIZE_INVALID\",\"message\":\"quota\\u001b[2J\"}]}"
            return FakeRegistry.Reply(status: 413, body: Array(body.utf8))
        }
        await #expect(
            throws: RegistryError.unexpectedStatus(
                registry: registry.name, request: "POST an upload", status: 413, detail: "SIZE_INVALID: quota?[2J")
        ) { try await Self.push(to: registry) }
    }

    @Test func whatThePacksCannotGiveEndsIt() async throws {
        struct Damaged: Error {}
        let registry = try await FakeRegistry()
        let order = Self.order()
        await #expect(throws: Damaged.self) {
            try await ImagePusher(try Self.client(registry)).push(
                order, missing: order.blobs, elsewhere: [:], progress: { _ in }
            ) { _, _ in throw Damaged() }
        }
    }

    private static func image(_ seed: UInt8, ref: String? = nil) -> Image {
        Image(kind: "oci-archive", config: Image.Blob(digest: .ofBytes([seed]), bytes: 1), layers: [], ref: ref)
    }

    @Test func repositoriesHaveNamesThatRegistriesTake() throws {
        let hex = String(repeating: "a", count: 64)
        let target = try #require(MirrorTarget("r.example.com:5000/gap/"))
        #expect(target == MirrorTarget("r.example.com:5000/gap"))
        let release = ReleaseIdentity(
            name: try #require(ReleaseName("shop")), version: try #require(Version("1.2.0+b")), arch: .arm64)
        let found = target.places(
            release,
            [
                "db": Self.image(1, ref: "docker.io/library/redis:7@sha256:\(hex)"), "_Web_.x": Self.image(2),
                "A": Self.image(3), "a": Self.image(4), "local": Self.image(5, ref: "docker-daemon:x@sha256:\(hex)"),
                "___": Self.image(6),
            ])
        #expect(
            found.mapValues { "\($0.repository):\($0.tag)" } == [
                "db": "gap/library/redis:1.2.0_b-arm64", "_Web_.x": "gap/shop/web_x:1.2.0_b-arm64",
                "local": "gap/shop/local:1.2.0_b-arm64", "A": "gap/shop/a:1.2.0_b-arm64-A",
                "a": "gap/shop/a:1.2.0_b-arm64-a", "___": "gap/shop/image:1.2.0_b-arm64",
            ])
        #expect(found.values.allSatisfy { ImageReference("r.example.com/\($0.repository):\($0.tag)") != nil })
    }

    @Test func manifestsOfOneImageDoNotMeetUnderOneTag() throws {
        let target = try #require(MirrorTarget("r.example.com"))
        let release = ReleaseIdentity(
            name: try #require(ReleaseName("shop")), version: try #require(Version("1.0.0")), arch: .amd64)
        func image(_ manifest: UInt8) -> Image {
            var image = Self.image(1, ref: "a.b/team/web:1@sha256:\(String(repeating: "a", count: 64))")
            image.manifest = Image.Blob(digest: .ofBytes([manifest]), bytes: 1)
            return image
        }
        #expect(
            target.places(release, ["blue": image(1), "green": image(2)]).mapValues(\.tag)
                == ["blue": "1.0.0-amd64-blue", "green": "1.0.0-amd64-green"])
        #expect(
            target.places(release, ["blue": image(1), "green": image(1)]).mapValues(\.tag)
                == ["blue": "1.0.0-amd64", "green": "1.0.0-amd64"])
    }

    @Test(arguments: ["shop", "r.example.com/Upper", "https://r.example.com", "r.example.com/a:b", ""])
    func noRegistry(text: String) { #expect(MirrorTarget(text) == nil) }
}
