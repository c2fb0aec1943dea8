// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import NIOCore
import NIOHTTP1
import Testing

@testable import Registries

/// Something always comes, and it never ends.
@Suite(.timeLimit(.minutes(1)))
struct EndlessAnswerTests {
    private static let head = "HTTP/1.1 200 OK\r\n"
    private static let trickles = [
        ("\(head)x: ", "a"), ("\(head)content-length: 200000\r\n\r\n", "a"),
        ("\(head)transfer-encoding: chunked\r\n\r\n5;a=", "b"),
        ("\(head)transfer-encoding: chunked\r\n\r\n", "1\r\na\r\n"),
    ]

    private static func client(_ name: String, document: TimeAmount = .hours(1)) throws -> RegistryClient {
        var limits = Exchange.Limits(idleSeconds: 60)
        limits.document = document
        limits.progress = .milliseconds(100)
        return RegistryClient(name, try RegistryAccess(plainHTTP: true), limits: limits) { _ in }
    }

    @Test(arguments: trickles)
    func aDocumentHasATime(first: String, more: String) async throws {
        let server = try await TricklingServer(first, more: more)
        await #expect(throws: RegistryError.unreachable(registry: server.name, .timedOut)) {
            _ = try await Self.client(server.name, document: .milliseconds(100)).manifest("a", .tag("v1"))
        }
    }

    @Test(arguments: ["100 Continue", "102 Processing", "103 Early Hints"])
    func interimAnswersAreCounted(status: String) async throws {
        let server = try await TricklingServer("", more: "HTTP/1.1 \(status)\r\n\r\n")
        await #expect(throws: RegistryError.unreachable(registry: server.name, .notHTTP)) {
            _ = try await Self.client(server.name).manifest("a", .tag("v1"))
        }
        #expect(server.connections == 1)
    }

    @Test func someOfThemAreNone() async throws {
        let some = String(repeating: "HTTP/1.1 100 Continue\r\n\r\n", count: 8)
        let server = try await TricklingServer("\(some)\(Self.head)content-length: 2\r\n\r\n{}", more: "")
        #expect(try await Self.client(server.name).manifest("a", .tag("v1")).bytes == Array("{}".utf8))
    }

    @Test(arguments: trickles.dropFirst())
    func aBlobHasToGetOn(first: String, more: String) async throws {
        let server = try await TricklingServer(first, more: more)
        let path = try FileSystem.createTemporaryDirectory()
        defer { _ = try? FileSystem.removeTree(path) }
        let cache = try ImageCache(path)
        let layer = Digest.ofBytes(PullingBench.layer)
        let config = Array("{}".utf8)
        let manifest = PullingBench.manifest(.ofBytes(config), layer, bytes: PullingBench.layer.count)
        try cache.put(config, .ofBytes(config))
        try cache.put(manifest, .ofBytes(manifest))
        let reference = try #require(ImageReference("\(server.name)/a:v1"))
        await #expect(throws: RegistryError.self) {
            _ = try await ImageFetcher(try Self.client(server.name), cache).fetch(reference, .ofBytes(manifest), .amd64)
        }
        #expect(server.connections <= 5)
    }

    @Test func aConnectionThatBringsAlmostNothingCounts() async throws {
        let bench = try await PullingBench { heard, _ in
            guard heard.uri.contains("/blobs/") else { return nil }
            let from = heard.header("range").flatMap { Int($0.dropFirst(6).dropLast()) } ?? 0
            let all = PullingBench.layer
            return FakeRegistry.Reply(
                status: from == 0 ? 200 : 206,
                headers: [("content-range", "bytes \(from)-\(all.count - 1)/\(all.count)")],
                body: Array(all[from...]), cutAfter: 1)
        }
        try ImageCache(bench.cache).put(Array("{}".utf8), .ofBytes(Array("{}".utf8)))
        await #expect(throws: RegistryError.unreachable(registry: bench.registry.name, .cutOff)) {
            try await bench.fetch()
        }
        #expect(bench.asked("/blobs/") == 5)
    }

    /// It takes much, and gives up all of it every other time.
    @Test func neitherDoesOneThatBeginsAnewEachTime() async throws {
        let bench = try await PullingBench { heard, count in
            guard heard.uri.contains("/blobs/") else { return nil }
            let from = count % 2 == 0 ? 0 : heard.header("range").flatMap { Int($0.dropFirst(6).dropLast()) } ?? 0
            let all = PullingBench.layer
            return FakeRegistry.Reply(
                status: from == 0 ? 200 : 206,
                headers: [("content-range", "bytes \(from)-\(all.count - 1)/\(all.count)")],
                body: Array(all[from...]), cutAfter: from == 0 ? 10 : 70_000)
        }
        try ImageCache(bench.cache).put(Array("{}".utf8), .ofBytes(Array("{}".utf8)))
        await #expect(throws: RegistryError.unreachable(registry: bench.registry.name, .cutOff)) {
            try await bench.fetch()
        }
        #expect(bench.asked("/blobs/") < 10)
    }

    @Test func norAnUploadThatTakesAlmostNothing() async throws {
        let registry = try await FakeRegistry()
        registry.cutUploads(at: [Int](repeating: 1, count: 100))
        let layer = PullingBench.layer
        await #expect(throws: RegistryError.unreachable(registry: registry.name, .cutOff)) {
            try await Self.client(registry.name).push(
                "a", .ofBytes(layer), size: Int64(layer.count), progress: { _ in }
            ) { offset, sink in
                try layer[Int(offset)...].withUnsafeBytes { try sink.write($0) }
            }
        }
        #expect(registry.heard.count { $0.method == .PATCH } == 5)
    }
}
