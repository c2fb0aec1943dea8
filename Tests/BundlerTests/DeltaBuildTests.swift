// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Compression
import Cryptography
import HostSystem
import PackStorage
import TestSupport
import Testing
import Trust

@testable import Bundler

/// The next release against the bundle of the one before.
@Suite struct DeltaBuildTests {
    private let shop: ReleaseWorkshop
    private let key: SigningKey
    private static let quick = Packing(codec: .xz(preset: 1), codesDeltas: true)

    init() throws {
        shop = try ReleaseWorkshop()
        key = try SigningKey.generate()
    }

    private func noise(_ count: Int, seed: UInt64) -> [UInt8] {
        var state = seed
        return (0..<count).map { _ -> UInt8 in
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return UInt8(truncatingIfNeeded: state >> 40)
        }
    }

    /// Noise, changed in a few places by each version.
    private func program(_ version: Int) -> [UInt8] {
        var bytes = noise(300_000, seed: 7)
        for change in 0..<(version * 5) { bytes[change * 40_000 % bytes.count] ^= UInt8(version) }
        return bytes
    }

    private func recipe(_ version: Int, as path: String = "bin/server") throws -> ReleaseRecipe {
        try shop.put("build/server", program(version), 0o755)
        try shop.put("web/page.html", "page \(version)")
        try shop.put("web/kept", [UInt8](program(0).reversed()))
        return try shop.recipe([
            shop.source("build/server", path, .program), shop.source("web", "share/web", .tree),
        ])
    }

    private func base(_ name: String = "base.bundle") async throws -> DeltaBase {
        var request = shop.request(name, keys: [key])
        request.packing = Self.quick
        _ = try await shop.build(try recipe(1), request)
        return try base(at: shop.root / name)
    }

    private func base(at path: HostPath) throws -> DeltaBase {
        let head = try UnverifiedBundle.open(path).proveHead(by: Keyring(keys: [key.publicKey]))
        return DeltaBase(head, path: path.text, predecessors: try Predecessors(try head.verifyBody()))
    }

    private func delta(
        _ name: String = "delta.bundle", against bases: [DeltaBase], jobs: Int = 2, cache: PackCache? = nil,
        packing: Packing = quick, path: String = "bin/server"
    ) async throws -> BuiltBundle {
        try FileSystem.removeTree(shop.root / name)
        var request = shop.request(name, jobs: jobs, keys: [key])
        (request.bases, request.cache, request.packing) = (bases, cache, packing)
        return try await shop.build(try recipe(2, as: path), request)
    }

    private func index(_ built: BuiltBundle) throws -> PackIndex {
        let head = try UnverifiedBundle.open(built.path).proveHead(by: Keyring(keys: [key.publicKey]))
        _ = try head.verifyBody()
        return head.packs
    }

    @Test(arguments: ["bin/server", "bin/deep/er/server"])
    func changedProgramIsCodedAgainstItsPredecessor(path: String) async throws {
        let built = try await delta(against: [try await base()], path: path)
        #expect(built.coded.contents == 1 && built.coded.bytes == 300_000 && built.coded.storedBytes < 5_000)
        let index = try index(built)
        let old = Digest.ofBytes(program(1))
        #expect(index.packs.filter { $0.codec == .delta }.map(\.older) == [old])
        #expect(index.need(old)?.size == 300_000)
        #expect(index.need(.ofBytes([UInt8](program(0).reversed()))) != nil, "what did not change is left out")
        let content = try #require(index.content(.ofBytes(program(2))))
        #expect(index.isCoded(content))
        // What comes out is the program; the older one is taken from the base.
        let all = try FileSystem.readAll(built.path, limit: 1 << 24)
        let pack = try #require(index.packs.last)
        let start = try #require(all.indices.first { all[$0...].starts(with: Array("bndelta1".utf8)) })
        let sink = CollectingSink()
        try DeltaDecoder.decode(
            from: HeldBytes(Array(all[start..<(start + Int(pack.storedBytes))])), storedBytes: pack.storedBytes,
            old: OldContent(digest: old, size: 300_000, bytes: PlacedArray(program(1))), to: sink,
            unpackedBytes: pack.unpackedBytes, by: OwnDecoder())
        #expect(sink.bytes == program(2))
    }

    @Test func jobsAndCacheDecideNothing() async throws {
        let base = try await base()
        var found: [[UInt8]] = []
        for (jobs, cached) in [(1, false), (5, true), (2, true)] {
            let cache = cached ? try PackCache(shop.root / "cache", program: "1.0.0") : nil
            let built = try await delta(against: [base], jobs: jobs, cache: cache)
            found.append(try FileSystem.readAll(built.path, limit: 1 << 24))
            if jobs == 2 { #expect(built.cachedPacks == built.packs) }
        }
        #expect(found[0] == found[1] && found[1] == found[2])
    }

    /// Each shares a little with its predecessor and all the rest with its neighbour: coded, both would carry the rest.
    @Test func isNotDoneWhereNeighboursSayMore() async throws {
        func build(_ name: String, _ rest: [UInt64], _ bases: [DeltaBase]) async throws -> BuiltBundle {
            for (number, seed) in rest.enumerated() {
                var bytes = noise(80_000, seed: UInt64(50 + number)) + noise(300_000, seed: seed)
                for place in stride(from: 80_000, to: bytes.count, by: 4_000) { bytes[place] &+= UInt8(number) }
                try shop.put("build/\(number)", bytes, 0o755)
            }
            let sources = rest.indices.map { shop.source("build/\($0)", "bin/\($0)", .program) }
            var request = shop.request(name, keys: [key])
            (request.bases, request.packing) = (bases, Self.quick)
            return try await shop.build(try shop.recipe(sources), request)
        }
        _ = try await build("base.bundle", [1, 2], [])
        let alone = try await build("one.bundle", [3], [try base(at: shop.root / "base.bundle")])
        #expect(alone.coded.contents == 1, "by itself it is smaller coded")
        let both = try await build("both.bundle", [3, 3], [try base(at: shop.root / "base.bundle")])
        #expect(both.coded.contents == 0)
        #expect(both.bytes < 520_000)
    }

    @Test func isNotDoneWhereNobodyAskedForIt() async throws {
        let base = try await base()
        for packing in [Packing(.fast), Packing(codec: .xz(preset: 6))] {
            #expect(try await delta(against: [base], packing: packing).coded.contents == 0)
        }
        let bare = DeltaBase(
            path: base.path, name: base.name, arch: base.arch, releases: base.releases, contents: base.contents)
        #expect(try await delta(against: [bare]).coded.contents == 0)
        #expect(Packing(.small).codesDeltas && Packing.standard.codesDeltas)
    }

    /// A delta may be a base; what it codes itself is nothing to code against.
    @Test func deltaAsABase() async throws {
        let first = try await base()
        let second = try await delta("second.bundle", against: [first])
        let built = try await delta("third.bundle", against: [try base(at: second.path)])
        #expect(built.needs.count == 3 && built.coded.contents == 0, "the same release needs all of it")
        try FileSystem.removeTree(shop.root / "third.bundle")
        var request = shop.request("third.bundle", keys: [key])
        (request.bases, request.packing) = ([try base(at: second.path)], Self.quick)
        let third = try await shop.build(try recipe(3), request)
        #expect(third.coded.contents == 0)
    }

    @Test func damagedBaseIsRefused() async throws {
        _ = try await base()
        let path = shop.root / "base.bundle"
        var bytes = try FileSystem.readAll(path, limit: 1 << 24)
        bytes[bytes.count - 20_000] ^= 1
        try FileSystem.remove(path)
        try FileSystem.write(bytes, to: path)
        #expect(throws: BundleError.self) { try base(at: path) }
    }
}
