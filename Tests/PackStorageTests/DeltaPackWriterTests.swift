// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression
import Cryptography
import HostSystem
import Testing

@testable import PackStorage

/// Contents coded against older ones, as a build does it.
@Suite struct DeltaPackWriterTests {
    private let root: HostPath
    private let old = DeltaWorkshop.code(300_000)
    /// Changed here and there.
    private let near: [UInt8]
    private let far = DeltaWorkshop.noise(100_000, seed: 8)

    init() throws {
        root = try FileSystem.createTemporaryDirectory()
        var changed = old
        for place in stride(from: 0, to: changed.count, by: 9_000) { changed[place] &+= 3 }
        near = changed
    }

    private func pairs() throws -> [DeltaPair] {
        let file = root / "old"
        if try !FileSystem.exists(file) { try FileSystem.write(old, to: file) }
        let older = PackIndex.Need(digest: .ofBytes(old), size: Int64(old.count))
        return try [near, far].map { bytes in
            DeltaPair(
                content: try ContentHasher.content(
                    of: BytesSource(bytes), kind: .machineCode(.amd64), path: "bin/\(bytes.count)"), older: older,
                olderFile: file)
        }
    }

    private func write(jobs: Int = 2, cache: PackCache? = nil, codec: PackCodec = .standard) async throws
        -> [CodedContent]
    {
        let scratch = root / "scratch"
        try FileSystem.removeTree(scratch)
        try FileSystem.createDirectory(scratch)
        let known = [Digest.ofBytes(near): near, Digest.ofBytes(far): far]
        let writer = DeltaPackWriter(codec: codec, directory: scratch, cache: cache) { content, offset in
            BytesSource(Array((known[content.digest] ?? []).dropFirst(Int(offset))))
        }
        return try await writer.write(try pairs(), jobs: jobs)
    }

    private func bytes(_ coded: [CodedContent]) throws -> [[UInt8]] {
        try coded.flatMap(\.packs).map { try FileSystem.readAll($0.file, limit: 1 << 24) }
    }

    @Test func keepsWhatIsSmallerSoAndNothingElse() async throws {
        let coded = try await write()
        #expect(coded.map(\.content.size) == [300_000])
        let pack = try #require(coded.first?.packs.first)
        #expect(pack.storedBytes < 10_000)
        #expect(pack.codec == .delta)
        let made = try DeltaWorkshop.decode(try bytes(coded)[0], against: old, near.count)
        #expect(made == near)
        #expect(try await write(codec: .raw).count == 1, "noise is no smaller coded than as it is")
    }

    @Test func jobsAndCacheDecideNothing() async throws {
        let plain = try bytes(try await write(jobs: 1))
        let caches = root / "cache"
        func open() throws -> PackCache { try PackCache(caches, program: "1.0.0", decoder: OwnDecoder()) }
        for jobs in [2, 5] {
            let coded = try await write(jobs: jobs, cache: try open())
            #expect(try bytes(coded) == plain)
            #expect(coded.flatMap(\.packs).map(\.isFromCache) == [jobs == 5])
        }
        // A changed older content is another pack, whatever the name of its file.
        #expect(try FileSystem.list(caches).count == 2)
    }

    @Test func damagedEntryIsMadeAnew() async throws {
        let caches = root / "cache"
        func open() throws -> PackCache { try PackCache(caches, program: "1.0.0", decoder: OwnDecoder()) }
        let plain = try bytes(try await write(cache: try open()))
        for name in try FileSystem.list(caches) {
            var entry = try FileSystem.readAll(caches / name, limit: 1 << 24)
            entry[entry.count / 2] ^= 1
            try FileSystem.remove(caches / name)
            try FileSystem.write(entry, to: caches / name)
        }
        let cache = try open()
        let again = try await write(cache: cache)
        #expect(try bytes(again) == plain)
        #expect(again.flatMap(\.packs).allSatisfy { !$0.isFromCache })
        #expect(cache.faults.count == 1)
    }

    @Test func sourceThatChangedIsFound() async throws {
        let scratch = root / "scratch"
        try FileSystem.createDirectory(scratch)
        let writer = DeltaPackWriter(codec: .standard, directory: scratch, cache: nil) { content, offset in
            BytesSource([UInt8](repeating: 1, count: Int(content.size - offset)))
        }
        await #expect(throws: PackError.self) { try await writer.write(try pairs(), jobs: 1) }
    }

    /// What a host does with it.
    @Test func becomesAPackThatNeedsNothing() async throws {
        let coded = try await write()
        let written = try #require(coded.first?.packs.first)
        let older = try #require(coded.first?.older)
        let pack = PackIndex.Pack(
            digest: written.digest, codec: .delta, storedBytes: written.storedBytes,
            unpackedBytes: written.unpackedBytes, older: older.digest)
        let store = root / "store"
        try FileSystem.createDirectory(store)
        try FileSystem.rename(written.file, to: store / pack.fileName)
        let unpacker = DeltaUnpacker(source: PackStore(store), decoder: OwnDecoder())
        let made = try unpacker.unpack(pack, against: DeltaWorkshop.content(old), into: store, feeds: [])
        #expect(made.digest == .ofBytes(near))
        #expect(try FileSystem.readAll(store / made.fileName, limit: 1 << 20) == near)
        #expect(throws: PackError.undecodablePack(pack: pack.digest, reason: .badDelta(rule: 2), feeds: ["a"])) {
            try unpacker.unpack(pack, against: DeltaWorkshop.content(near), into: root, feeds: ["a"])
        }
        var damaged = try FileSystem.readAll(store / pack.fileName, limit: 1 << 20)
        damaged[200] ^= 1
        try FileSystem.remove(store / pack.fileName)
        try FileSystem.write(damaged, to: store / pack.fileName)
        #expect(throws: PackError.damagedPack(pack: pack.digest, found: .ofBytes(damaged), feeds: [])) {
            try unpacker.unpack(pack, against: DeltaWorkshop.content(old), into: root, feeds: [])
        }
    }
}
