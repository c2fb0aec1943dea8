// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import PackStorage
import Testing

/// Packs are unpacked as they come from a medium.
struct ArrivingPacksTests {
    private let shop: PackWorkshop
    private let targets: [Digest: [UnpackTarget]]

    init() throws {
        // Programs and other files do not share packs.
        shop = try PackWorkshop([
            ("program", content(70_000, seed: 1), .machineCode(.amd64)), ("text", content(50_000, seed: 2), .other),
        ])
        targets = [
            shop.contents[0].digest: [shop.target("program")], shop.contents[1].digest: [shop.target("text")],
        ]
    }

    private func number(of content: Int, in index: PackIndex) throws -> Int {
        try #require(index.content(shop.contents[content].digest)?.ranges.first?.pack)
    }

    @Test func aPackIsUnpackedBeforeTheNextComes() async throws {
        let index = try await shop.pack()
        let (program, text) = (try number(of: 0, in: index), try number(of: 1, in: index))
        #expect(program != text)
        let packs = ArrivingPacks()
        let (finished, done) = AsyncStream.makeStream(of: Int64.self)
        let reader = PackReader(index: index, source: shop.store)
        async let unpacked: Void = reader.unpack(all: targets, jobs: 2, as: packs) { done.yield($0) }
        packs.arrived(text)
        for await bytes in finished {
            #expect(bytes == 50_000)
            break
        }
        #expect(try shop.read("text") == content(50_000, seed: 2))
        #expect(try !FileSystem.exists(shop.root / "program"))
        packs.arrived(program)
        packs.end()
        try await unpacked
        #expect(try shop.read("program") == content(70_000, seed: 1))
    }

    /// A tree that lacks files is none.
    @Test func aPackThatDoesNotComeIsMissed() async throws {
        let index = try await shop.pack()
        let packs = ArrivingPacks()
        let (program, text) = (try number(of: 0, in: index), try number(of: 1, in: index))
        try packs.bring { packs.arrived(text) }
        await #expect(throws: PackError.missingPack(pack: index.packs[program].digest, feeds: [])) {
            try await PackReader(index: index, source: shop.store).unpack(all: targets, jobs: 1, as: packs)
        }
    }

    private struct Broken: Error {}

    @Test func whyNoMoreComesIsWhatIsThrown() async throws {
        let index = try await shop.pack()
        let packs = ArrivingPacks()
        let text = try number(of: 1, in: index)
        #expect(throws: Broken.self) {
            try packs.bring {
                packs.arrived(text)
                throw Broken()
            }
        }
        await #expect(throws: Broken.self) {
            try await PackReader(index: index, source: shop.store).unpack(all: targets, jobs: 2, as: packs)
        }
    }

    /// Nothing more comes by then, and nothing ends.
    @Test(.timeLimit(.minutes(1))) func aBadPackIsNotKeptUntilTheNextComes() async throws {
        let index = try await shop.pack()
        let text = try number(of: 1, in: index)
        try FileSystem.write(Array("other".utf8), to: shop.store.path(of: index.packs[text]))
        let packs = ArrivingPacks()
        packs.arrived(text)
        await #expect(throws: PackError.self) {
            try await PackReader(index: index, source: shop.store).unpack(all: targets, jobs: 2, as: packs)
        }
    }

    /// It says so, and not that a pack is missing: nothing is unpacked any more that would look at it.
    @Test(.timeLimit(.minutes(1))) func whoeverWaitsCanBeStopped() async throws {
        let index = try await shop.pack()
        let packs = ArrivingPacks()
        let (finished, done) = AsyncStream.makeStream(of: Int64.self)
        let reader = PackReader(index: index, source: shop.store)
        let task = Task { [targets] in
            try await reader.unpack(all: targets, jobs: 2, as: packs) { done.yield($0) }
        }
        packs.arrived(try number(of: 1, in: index))
        for await _ in finished { break }
        task.cancel()
        await #expect(throws: CancellationError.self) { try await task.value }
    }
}
