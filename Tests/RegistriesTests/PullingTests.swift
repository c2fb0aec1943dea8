// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Synchronization
import Testing

@testable import Registries

/// An image of one layer in a fake registry, and a cache for it.
final class PullingBench: Sendable {
    static let layer = (0..<200_000).map { UInt8(truncatingIfNeeded: $0 &* 7 >> 3) }

    let registry: FakeRegistry
    let cache: HostPath
    let manifest: Digest
    let layer: Digest
    let waits = Mutex<[Double]>([])

    init(_ fault: @escaping FakeRegistry.Fault = { _, _ in nil }) async throws {
        registry = try await FakeRegistry(fault: fault)
        cache = try FileSystem.createTemporaryDirectory()
        layer = registry.put(PullingBench.layer)
        let config = registry.put(Array("{}".utf8))
        manifest = registry.putManifest(
            PullingBench.manifest(config, layer, bytes: PullingBench.layer.count), tag: "v1")
    }

    deinit { _ = try? FileSystem.removeTree(cache) }

    static func manifest(_ config: Digest, _ layer: Digest, bytes: Int) -> [UInt8] {
        Array(
            """
            {"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json",
             "config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"sha256:\(config)","size":2},
             "layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"sha256:\(layer)","size":\(bytes)}]}
            """.utf8)
    }

    func client(_ credentials: String? = nil) throws -> RegistryClient {
        let json = "{\"auths\":{\"\(registry.name)\":{\"auth\":\"\(credentials ?? "")\"}}}"
        let access = try RegistryAccess(
            credentials: try RegistryCredentials(json: Array(json.utf8), name: "test"), plainHTTP: true)
        return RegistryClient(registry.name, access, limits: Exchange.Limits(idleSeconds: 5)) { seconds in
            self.waits.withLock { $0.append(seconds) }
        }
    }

    @discardableResult
    func fetch(_ credentials: String? = nil, digest: Digest? = nil) async throws -> Digest {
        let reference = try #require(ImageReference("\(registry.name)/a@sha256:\(digest ?? manifest)"))
        let fetcher = ImageFetcher(try client(credentials), try ImageCache(cache))
        return try await fetcher.fetch(reference, digest ?? manifest, .amd64)
    }

    func asked(_ part: String) -> Int { registry.heard.count { $0.uri.contains(part) } }
}

@Suite struct PullingTests {
    @Test func aSecondTimeNothingMoves() async throws {
        let bench = try await PullingBench()
        try await bench.fetch()
        #expect(bench.asked("/blobs/") == 2)
        try await bench.fetch()
        #expect(bench.registry.heard.count == 3)
        #expect(try ImageCache(bench.cache).holds(bench.layer))
    }

    @Test func aDamagedEntryIsFetchedAnew() async throws {
        let bench = try await PullingBench()
        try await bench.fetch()
        let path = try ImageCache(bench.cache).path(bench.layer)
        try HostFile.open(path, .change).write([1, 2, 3], at: 77)
        try await bench.fetch()
        #expect(bench.asked("/blobs/sha256:\(bench.layer)") == 2)
        #expect(try ImageCache(bench.cache).holds(bench.layer))
    }

    @Test(arguments: [429, 500, 502, 503, 504])
    func aBusyRegistryIsAskedAgain(status: Int) async throws {
        let bench = try await PullingBench { _, count in
            count < 2 ? FakeRegistry.Reply(status: status, headers: [("retry-after", "3")]) : nil
        }
        try await bench.fetch()
        #expect(bench.waits.withLock { $0.prefix(2) } == [3, 3])
    }

    @Test(arguments: ["nan", "inf", "-5", "99999999999999999999", "1e999", "100", "Sat, 21 Nov 2026 18:00:00 GMT"])
    func howLongToWaitIsBounded(asked: String) async throws {
        let bench = try await PullingBench { _, count in
            count < 1 ? FakeRegistry.Reply(status: 503, headers: [("retry-after", asked)]) : nil
        }
        try await bench.fetch()
        #expect(bench.waits.withLock { $0.allSatisfy { (0...60).contains($0) } && !$0.isEmpty })
    }

    @Test func oneThatStaysBusyIsNot() async throws {
        let bench = try await PullingBench { _, _ in FakeRegistry.Reply(status: 503) }
        await #expect(throws: RegistryError.self) { try await bench.fetch() }
        #expect(bench.registry.heard.count == 5)
    }

    @Test func aDownloadGoesOnWhereItStopped() async throws {
        let bench = try await PullingBench { heard, count in
            guard heard.uri.contains("/blobs/"), count < 2 else { return nil }
            let all = PullingBench.layer
            let from = heard.header("range").flatMap { Int($0.dropFirst(6).dropLast()) } ?? 0
            guard heard.header("range") == nil || count > 0 else { return nil }
            return FakeRegistry.Reply(
                status: from == 0 ? 200 : 206,
                headers: [("content-range", "bytes \(from)-\(all.count - 1)/\(all.count)")],
                body: Array(all[from...]), cutAfter: 70_000)
        }
        // The config is as small as it is; only the layer is cut.
        try ImageCache(bench.cache).put(Array("{}".utf8), .ofBytes(Array("{}".utf8)))
        try await bench.fetch()
        let ranges = bench.registry.heard.filter { $0.uri.contains("/blobs/") }.map { $0.header("range") ?? "" }
        #expect(ranges == ["", "bytes=70000-", "bytes=140000-"])
    }

    @Test func oneThatBeganInAnotherRunToo() async throws {
        let bench = try await PullingBench()
        let cache = try ImageCache(bench.cache)
        try PartialBlobs.leave(Array(PullingBench.layer[..<50_000]), bench.layer, in: bench.cache)
        try await bench.fetch()
        #expect(bench.registry.heard.contains { $0.header("range") == "bytes=50000-" })
        #expect(try cache.holds(bench.layer))
    }

    @Test func whatWasLeftWrongIsFoundOutAndFetchedWhole() async throws {
        let bench = try await PullingBench()
        try PartialBlobs.leave([UInt8](repeating: 9, count: 50_000), bench.layer, in: bench.cache)
        await #expect(throws: RegistryError.self) { try await bench.fetch() }
        try await bench.fetch()
        #expect(try ImageCache(bench.cache).holds(bench.layer))
    }

    @Test func wrongBytesAreNamedAndNotKept() async throws {
        let bench = try await PullingBench { heard, _ in
            guard heard.uri.contains("/blobs/") else { return nil }
            return FakeRegistry.Reply(body: [UInt8](repeating: 1, count: PullingBench.layer.count))
        }
        try ImageCache(bench.cache).put(Array("{}".utf8), .ofBytes(Array("{}".utf8)))
        let found = Digest.ofBytes([UInt8](repeating: 1, count: PullingBench.layer.count))
        await #expect(
            throws: RegistryError.wrongBytes(
                registry: bench.registry.name, what: "blobs/sha256:\(bench.layer)", expected: bench.layer, found: found)
        ) { try await bench.fetch() }
        #expect(try !ImageCache(bench.cache).holds(bench.layer))
    }

    @Test func anotherManifestIsRefused() async throws {
        let bench = try await PullingBench { heard, _ in
            heard.uri.contains("/manifests/") ? FakeRegistry.Reply(body: Array("{}".utf8)) : nil
        }
        await #expect(
            throws: RegistryError.wrongBytes(
                registry: bench.registry.name, what: "manifests/sha256:\(bench.manifest)", expected: bench.manifest,
                found: .ofBytes(Array("{}".utf8)))
        ) { try await bench.fetch() }
    }

    @Test(arguments: [true, false])
    func aHugeManifestIsNotRead(said: Bool) async throws {
        let huge = [UInt8](repeating: 32, count: (4 << 20) + 1)
        let bench = try await PullingBench { _, _ in FakeRegistry.Reply(body: said ? [] : huge, saidLength: huge.count)
        }
        await #expect(
            throws: RegistryError.tooLarge(
                registry: bench.registry.name, what: "manifests/sha256:\(bench.manifest)", limit: 4 << 20)
        ) { try await bench.fetch() }
    }

    @Test func moreBytesThanTheManifestSaysAreNotTaken() async throws {
        let bench = try await PullingBench { heard, _ in
            guard heard.uri.contains("/blobs/") else { return nil }
            return FakeRegistry.Reply(body: PullingBench.layer + PullingBench.layer)
        }
        await #expect(throws: RegistryError.self) { try await bench.fetch() }
        let left = try FileSystem.list(bench.cache / "partial").map {
            try FileSystem.status(bench.cache / "partial" / $0)
        }
        #expect(left.allSatisfy { ($0?.size ?? 0) <= Int64(PullingBench.layer.count) })
    }

    /// A shorter body than it says: the connection ends before it does. It is tried again, and then named.
    @Test func aWrongLengthIsNoWholeBlob() async throws {
        let bench = try await PullingBench { heard, _ in
            guard heard.uri.contains("/blobs/") else { return nil }
            return FakeRegistry.Reply(body: [1, 2], cutAfter: 0, saidLength: PullingBench.layer.count)
        }
        await #expect(throws: RegistryError.unreachable(registry: bench.registry.name, .cutOff)) {
            try await bench.fetch()
        }
    }

    @Test func twoAtOnceDoNotHarmEachOther() async throws {
        let bench = try await PullingBench()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 { group.addTask { try await bench.fetch() } }
            try await group.waitForAll()
        }
        #expect(try ImageCache(bench.cache).holds(bench.layer))
    }

    @Test func anIndexLeadsToThePlatformOrSaysWhatThereIs() async throws {
        let bench = try await PullingBench()
        let index = { (arch: String) in
            Array(
                """
                {"schemaVersion":2,"manifests":[
                 {"mediaType":"m","digest":"sha256:\(bench.manifest)","size":1,"platform":{"os":"linux","architecture":"\(arch)"}},
                 {"mediaType":"m","digest":"sha256:\(bench.layer)","size":1,"platform":{"os":"unknown","architecture":"unknown"},
                  "annotations":{"vnd.docker.reference.type":"attestation-manifest"}}]}
                """.utf8)
        }
        #expect(try await bench.fetch(digest: bench.registry.putManifest(index("amd64"))) == bench.manifest)
        let other = bench.registry.putManifest(index("s390x"))
        await #expect(
            throws: RegistryError.noPlatform(
                reference: "\(bench.registry.name)/a@sha256:\(other)", wanted: "linux/amd64", platforms: ["linux/s390x"]
            )
        ) { try await bench.fetch(digest: other) }
    }

    @Test func aTagIsResolved() async throws {
        let bench = try await PullingBench()
        let reference = try #require(ImageReference("\(bench.registry.name)/a:v1@sha256:\(bench.layer)"))
        #expect(try await ImageFetcher.resolve(reference, bench.client()) == bench.manifest)
    }

    @Test(arguments: [
        "<!DOCTYPE html><title>Log in</title>", "{}", "{\"manifests\":[],\"layers\":[]}",
        "{\"manifests\":[],\"manifests\":[]}",
        "{\"config\":{\"mediaType\":\"application/vnd.cncf.helm.config.v1+json\",\"digest\":\"x\",\"size\":1},\"layers\":[]}",
    ])
    func whatIsNoImageIsNotPinned(page: String) async throws {
        let bench = try await PullingBench { _, _ in
            FakeRegistry.Reply(headers: [("content-type", "text/html")], body: Array(page.utf8))
        }
        let reference = try #require(ImageReference("\(bench.registry.name)/a:v1"))
        let error = await #expect(throws: RegistryError.self) {
            _ = try await ImageFetcher.resolve(reference, bench.client())
        }
        guard case .notAnImage(reference.text, _)? = error else { return #expect(Bool(false), "\(error as Any)") }
    }

    /// Its digest would be that of the packed bytes, which no registry has.
    @Test func anEncodingIsRefused() async throws {
        let bytes = PullingBench.manifest(.ofBytes([1]), .ofBytes([2]), bytes: 1)
        let bench = try await PullingBench { _, _ in
            FakeRegistry.Reply(headers: [("content-encoding", "gzip")], body: bytes)
        }
        let reference = try #require(ImageReference("\(bench.registry.name)/a:v1"))
        await #expect(
            throws: RegistryError.badAnswer(
                registry: bench.registry.name, what: "manifests/v1 in an encoding that nobody asked for")
        ) { _ = try await ImageFetcher.resolve(reference, bench.client()) }
    }
}

enum PartialBlobs {
    /// What a killed run left.
    static func leave(_ bytes: [UInt8], _ digest: Digest, in cache: HostPath) throws {
        _ = try ImageCache(cache)
        try FileSystem.write(bytes, to: cache / "partial" / digest.hex, permissions: 0o600)
    }
}
