// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import PackStorage
import Testing

struct PackRoundTripTests {
    @Test(arguments: [PackCodec.xz(preset: 1), .zstd(level: 3), .raw], [UInt64(1), 2, 3])
    func randomTreesComeBack(codec: PackCodec, seed: UInt64) async throws {
        var random = SplitMix(seed)
        let kinds: [PackContent.Kind] = [.other, .machineCode(.amd64), .machineCode(.arm64)]
        let files = (0..<120).map { number in
            let size = Int(random.next() % 5) == 0 ? Int(random.next() % 300_000) : Int(random.next() % 3)
            return ("f\(number)", content(size, seed: random.next() % 40), kinds[Int(random.next() % 3)])
        }
        let shop = try PackWorkshop(files)
        let index = try await shop.pack(codec)
        var wanted: [Digest: [UnpackTarget]] = [:]
        for (file, entry) in zip(files, shop.contents) {
            wanted[entry.digest, default: []].append(shop.target(file.0, file.2 == .other ? 0o644 : 0o755))
        }
        let reader = PackReader(index: index, source: shop.store)
        try await reader.unpack(wanted, jobs: 2)
        for (file, entry) in zip(files, shop.contents) {
            #expect(try shop.read(file.0) == file.1)
            let status = try FileSystem.status(shop.root / file.0)
            #expect(status?.permissions == (file.2 == .other ? 0o644 : 0o755))
            #expect(status?.links == 1)
            #expect(try reader.bytes(of: entry.digest, limit: 1 << 20) == file.1)
        }
    }

    @Test func contentsLargerThanAPackComeBack() async throws {
        let big = content(Int(PackShape.maximumBytes) * 2 + 77, seed: 4)
        let exact = content(Int(PackShape.maximumBytes), seed: 5)
        let shop = try PackWorkshop([("big", big, .other), ("exact", exact, .other), ("small", [1], .other)])
        let index = try await shop.pack(.zstd(level: 1))
        #expect(index.packs.count >= 4)
        let reader = PackReader(index: index, source: shop.store)
        let digests = shop.contents.map(\.digest)
        try await reader.unpack(
            [digests[0]: [shop.target("a"), shop.target("b")], digests[1]: [shop.target("c")]], jobs: 2)
        #expect(try shop.read("a") == big)
        #expect(try shop.read("b") == big)
        #expect(try shop.read("c") == exact)
        let sink = BytesSink()
        try reader.write(digests[0], to: sink)
        #expect(sink.bytes == big)
    }

    @Test func zerosAreCarriedOnce() async throws {
        let zeros = [UInt8](repeating: 0, count: 40 << 20)
        let longer = zeros + [1]
        let shop = try PackWorkshop([("zeros", zeros, .other), ("longer", longer, .other)])
        let index = try await shop.pack(.zstd(level: 1))
        #expect(index.packs.reduce(0) { $0 + $1.unpackedBytes } < 1 << 20)
        let reader = PackReader(index: index, source: shop.store)
        try await reader.unpack([shop.contents[1].digest: [shop.target("longer")]], jobs: 2)
        #expect(try shop.read("longer") == longer)
        let sink = BytesSink()
        try reader.write(shop.contents[0].digest, to: sink)
        #expect(sink.bytes == zeros)
    }

    /// A program in a layer of an image and beside it; two layers that were built anew on one base.
    @Test func whatContentsShareIsCarriedOnce() async throws {
        let program = content(9_000_000, seed: 11)
        let base = content(40_000_000, seed: 12)
        let layer = base + content(3_000_001, seed: 13) + program + content(512, seed: 14) + base[20_000_000...]
        let again = content(700_003, seed: 15) + base + program
        let shop = try PackWorkshop([
            ("bin/program", program, .machineCode(.amd64)), ("images/a", layer, .other), ("images/b", again, .other),
        ])
        let index = try await shop.pack(.zstd(level: 1))
        let carried = index.packs.reduce(0) { $0 + $1.unpackedBytes }
        // Its own chunk at each seam, at most 256 KiB long, and twice that where a row is too short.
        #expect(carried < 9_000_000 + 40_000_000 + 3_000_001 + 512 + 700_003 + 8 * 512 * 1024)
        let reader = PackReader(index: index, source: shop.store)
        let digests = shop.contents.map(\.digest)
        try await reader.unpack(
            [
                digests[0]: [shop.target("p")], digests[1]: [shop.target("a"), shop.target("c")],
                digests[2]: [shop.target("b")],
            ],
            jobs: 3)
        #expect(try shop.read("p") == program)
        #expect(try shop.read("a") == layer)
        #expect(try shop.read("c") == layer)
        #expect(try shop.read("b") == again)
        let sink = BytesSink()
        try reader.write(digests[1], to: sink)
        #expect(sink.bytes == layer)
    }

    @Test(arguments: [PackCodec.xz(preset: 0), .zstd(level: 3), .raw])
    func bytesDoNotDependOnJobs(codec: PackCodec) async throws {
        let files = (0..<60).map { ("f\($0)", content(700_000, seed: UInt64($0)), PackContent.Kind.other) }
        let one = try await PackWorkshop(files).pack(codec, jobs: 1)
        let many = try await PackWorkshop(files.reversed()).pack(codec, jobs: 7)
        #expect(one.packs.count > 2)
        #expect(one == many)
    }

    @Test func whatIsCompressedAlreadyIsStoredAsItIs() async throws {
        let gzip: [UInt8] = [0x1f, 0x8b] + content(100_000, seed: 3)
        let shop = try PackWorkshop([("layer", gzip, .other), ("a", content(1000, seed: 4), .other)])
        let index = try await shop.pack(.xz(preset: 1))
        #expect(index.packs.map(\.codec) == [.xz, .raw])
        let reader = PackReader(index: index, source: shop.store)
        #expect(try reader.bytes(of: shop.contents[0].digest, limit: 1 << 20) == gzip)
    }

    @Test func onlyWhatIsWantedIsWritten() async throws {
        let shop = try PackWorkshop([("a", [1, 2], .other), ("b", [3], .other)])
        let reader = PackReader(index: try await shop.pack(), source: shop.store)
        try await reader.unpack([shop.contents[1].digest: [shop.target("b")]], jobs: 1)
        #expect(try shop.read("b") == [3])
        #expect(try FileSystem.exists(shop.root / "a") == false)
    }

    @Test func rangesMayOverlapAndComeInAnyOrder() async throws {
        let bytes = content(100_000, seed: 9)
        let shop = try PackWorkshop([("a", bytes, .other)])
        var index = try await shop.pack()
        let turned = Array(bytes[50_000...] + bytes[..<60_000])
        index = try PackIndex(
            packs: index.packs,
            contents: Array(index.contents) + [
                PackIndex.Content(
                    digest: .ofBytes(turned), size: 110_000,
                    ranges: [
                        PackIndex.Range(pack: 0, offset: 50_000, length: 50_000),
                        PackIndex.Range(pack: 0, offset: 0, length: 60_000),
                    ]),
                PackIndex.Content(
                    digest: .ofBytes(Array(bytes[10..<70_000])), size: 69_990,
                    ranges: [PackIndex.Range(pack: 0, offset: 10, length: 69_990)]),
            ])
        let reader = PackReader(index: index, source: shop.store)
        try await reader.unpack(
            [
                .ofBytes(turned): [shop.target("turned")], .ofBytes(bytes): [shop.target("a")],
                .ofBytes(Array(bytes[10..<70_000])): [shop.target("inner")],
            ], jobs: 2)
        #expect(try shop.read("turned") == turned)
        #expect(try shop.read("a") == bytes)
        #expect(try shop.read("inner") == Array(bytes[10..<70_000]))
    }
}

struct SplitMix {
    private var state: UInt64
    init(_ seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xbf58_476d_1ce4_e5b9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94d0_49bb_1331_11eb
        return mixed ^ (mixed >> 31)
    }
}
