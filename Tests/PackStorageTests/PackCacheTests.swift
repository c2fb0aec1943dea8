// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression
import Cryptography
import HostSystem
import PackStorage
import Testing

/// Six packs of programs and one of other things.
private func release(_ changed: UInt64? = nil) throws -> PackWorkshop {
    var files = (0..<6).map { number in
        (
            "bin/\(number)", content(7_000_000, seed: UInt64(number) == changed ? 99 : UInt64(number)),
            PackContent.Kind.machineCode(.amd64)
        )
    }
    files.append(("share/text", content(300_000, seed: 50), .other))
    return try PackWorkshop(files)
}

private let codec = PackCodec.zstd(level: 1)

/// A directory, and caches in it as one run after the other would open them.
private final class CacheWorkshop: Sendable {
    let root: HostPath
    var directory: HostPath { root / "packs" }

    init() throws { root = try FileSystem.createTemporaryDirectory() }
    deinit { _ = try? FileSystem.removeTree(root) }

    func open(program: String = "1.0.0", limit: Int64 = PackCache.usualLimit) throws -> PackCache {
        try PackCache(directory, program: program, limit: limit, decoder: OwnDecoder())
    }

    var entries: [String] { get throws { try FileSystem.list(directory) } }
}

struct PackCacheTests {
    private let caches: CacheWorkshop
    init() throws { caches = try CacheWorkshop() }

    /// Digests, sizes and stored bytes.
    private func outcome(_ packs: [WrittenPack]) throws -> [[UInt8]] {
        try packs.map { pack in
            let bytes = try FileSystem.readAll(pack.file, limit: 64 << 20)
            #expect(Digest.ofBytes(bytes) == pack.digest)
            #expect(Int64(bytes.count) == pack.storedBytes)
            return bytes
        }
    }

    @Test(arguments: [
        Packing(codec: .zstd(level: 1)), Packing(codec: .xz(preset: 0)), Packing(.fast), Packing(codec: .raw),
    ])
    func givesTheBytesThatThereAreWithoutIt(packing: Packing) async throws {
        let shop = try PackWorkshop([
            ("a", content(2_000_000, seed: 1), .machineCode(.amd64)), ("b", content(90_000, seed: 2), .other),
            ("c", [0x1f, 0x8b] + content(1000, seed: 3), .other),
        ])
        let plain = try outcome(try await shop.write(packing))
        let cold = try await shop.write(packing, cache: try caches.open())
        #expect(try outcome(cold) == plain)
        #expect(cold.allSatisfy { !$0.isFromCache })
        let warm = try await shop.write(packing, cache: try caches.open())
        #expect(try outcome(warm) == plain)
        #expect(warm.allSatisfy { $0.isFromCache })
        #expect(try caches.entries.count == plain.count)
    }

    @Test func onlyPacksOfChangedBytesAreMadeAnew() async throws {
        let before = try release()
        let cold = try await before.write(codec, cache: try caches.open())
        let after = try release(3)
        let warm = try await after.write(codec, cache: try caches.open())
        let made = zip(after.plan.packs, warm).filter { !$0.1.isFromCache }.map(\.0)
        #expect(!made.isEmpty)
        #expect(made.allSatisfy { !before.plan.packs.contains($0) })
        #expect(warm.filter { $0.isFromCache }.count >= cold.count - 2)
        #expect(try outcome(warm) == outcome(try await after.write(codec)))
    }

    @Test func otherSettingsOrAnotherProgramAreOtherPacks() async throws {
        let shop = try PackWorkshop([("a", content(50_000, seed: 1), .other)])
        _ = try await shop.write(.zstd(level: 1), cache: try caches.open())
        let others = [
            try await shop.write(.zstd(level: 2), cache: try caches.open()),
            try await shop.write(.xz(preset: 1), cache: try caches.open()),
            try await shop.write(.zstd(level: 1), cache: try caches.open(program: "1.0.1")),
        ]
        #expect(others.allSatisfy { $0.allSatisfy { !$0.isFromCache } })
    }

    enum Damage: CaseIterable {
        case flipped, cut, emptied, longer, anotherPack, anotherPackUnderItsHash, link, directory
    }

    @Test(arguments: Damage.allCases)
    func whatIsNotThePackIsFoundOutAndMadeAnew(damage: Damage) async throws {
        let shop = try PackWorkshop([("a", content(400_000, seed: 1), .other)])
        let plain = try outcome(try await shop.write(codec))
        _ = try await shop.write(codec, cache: try caches.open())
        let name = try #require(try caches.entries.first)
        let path = caches.directory / name
        var bytes = try FileSystem.readAll(path, limit: 1 << 20)
        try FileSystem.remove(path)
        switch damage {
        case .flipped:
            bytes[bytes.count / 2] ^= 1
            try FileSystem.write(bytes, to: path)
        case .cut: try FileSystem.write(Array(bytes.dropLast()), to: path)
        case .emptied: try FileSystem.write([], to: path)
        case .longer: try FileSystem.write(bytes + [0], to: path)
        case .anotherPack, .anotherPackUnderItsHash:
            // A whole pack, of as many other bytes.
            let other = try PackWorkshop([("a", content(400_000, seed: 2), .other)])
            let pack = try #require(try await other.write(codec).first)
            let its = try FileSystem.readAll(pack.file, limit: 1 << 20)
            let honest = "\(name.prefix(64)).\(pack.digest.hex)"
            try FileSystem.write(its, to: damage == .anotherPack ? path : caches.directory / honest)
        case .link: try FileSystem.replaceSymlink(path, target: "/dev/zero")
        case .directory: try FileSystem.createDirectory(path)
        }
        let cache = try caches.open()
        let warm = try await shop.write(codec, cache: cache)
        #expect(try outcome(warm) == plain)
        #expect(warm.allSatisfy { !$0.isFromCache })
        #expect(!cache.faults.isEmpty)
        guard damage != .directory else { return }
        #expect(try caches.entries == [name])
        let again = try caches.open()
        #expect(try await shop.write(codec, cache: again).allSatisfy { $0.isFromCache })
        #expect(again.faults.isEmpty)
    }

    @Test func severalBuildsShareIt() async throws {
        let caches = caches
        let builds = try await withThrowingTaskGroup(of: [WrittenPack].self) { group in
            for _ in 0..<4 {
                group.addTask {
                    let shop = try release()
                    let packs = try await shop.write(codec, cache: try caches.open())
                    for pack in packs { #expect(try FileSystem.status(pack.file)?.size == pack.storedBytes) }
                    return packs
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(builds.map { $0.map(\.digest) }).count == 1)
        #expect(try caches.entries.count == builds[0].count)
        let warm = try await release().write(codec, cache: try caches.open())
        #expect(warm.allSatisfy { $0.isFromCache })
    }

    @Test func keepsToItsLimitButForWhatThisBuildUsed() async throws {
        let old = try PackWorkshop([("old", content(500_000, seed: 1), .other)])
        let new = try PackWorkshop([("new", content(500_000, seed: 2), .other)])
        _ = try await old.write(codec, cache: try caches.open())
        let first = try caches.entries
        _ = try await new.write(codec, cache: try caches.open(limit: 1))
        #expect(try caches.entries.count == 1)
        #expect(try caches.entries != first)
    }

    @Test func whatOthersCanWriteIntoIsRefused() throws {
        _ = try caches.open()
        try FileSystem.setPermissions(caches.directory, 0o770)
        #expect(throws: PackError.cacheOpenToOthers(path: caches.directory.text)) { try caches.open() }
    }
}
