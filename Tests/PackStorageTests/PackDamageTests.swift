// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression
import Cryptography
import HostSystem
import PackStorage
import Testing

struct PackDamageTests {
    private func workshop() throws -> PackWorkshop {
        try PackWorkshop([("a", content(5000, seed: 1), .other), ("b", content(5000, seed: 2), .other)])
    }

    private func wanted(_ shop: PackWorkshop) -> [Digest: [UnpackTarget]] {
        [
            shop.contents[0].digest: [shop.target("x"), shop.target("w")],
            shop.contents[1].digest: [shop.target("y")],
        ]
    }

    private func feeds(_ shop: PackWorkshop) -> [String] { ["w", "x", "y"].map { (shop.root / $0).text } }

    private func rewrite(_ path: HostPath, _ change: (inout [UInt8]) -> Void) throws {
        var bytes = try FileSystem.readAll(path, limit: 1 << 20)
        change(&bytes)
        try FileSystem.write(bytes, to: path)
    }

    @Test(arguments: [PackCodec.xz(preset: 1), .zstd(level: 3), .raw], ["flip", "cut", "missing"])
    func damageNamesThePackAndWhatItFeeds(codec: PackCodec, damage: String) async throws {
        let shop = try workshop()
        let index = try await shop.pack(codec)
        let pack = index.packs[0]
        let path = shop.store.path(of: pack)
        switch damage {
        case "flip": try rewrite(path) { $0[$0.count / 2] ^= 1 }
        case "cut": try rewrite(path) { $0.removeLast() }
        default: try FileSystem.remove(path)
        }
        let error = await #expect(throws: PackError.self) {
            try await PackReader(index: index, source: shop.store).unpack(wanted(shop), jobs: 2)
        }
        switch error {
        case .damagedPack(let digest, let found, let paths)?:
            #expect(damage != "missing" && digest == pack.digest && found != digest && paths == feeds(shop))
        case .missingPack(let digest, let paths)?:
            #expect(damage == "missing" && digest == pack.digest && paths == feeds(shop))
        default: Issue.record("\(String(describing: error))")
        }
        // Nothing of a damaged pack was decoded, so nothing was written.
        #expect(try FileSystem.exists(shop.root / "x") == false)
    }

    @Test func anIndexThatDeclaresLessThanThereIsStopsTheBomb() async throws {
        let shop = try PackWorkshop([("zeros", [UInt8](repeating: 0, count: 4 << 20), .other)])
        var index = try await shop.pack(.xz(preset: 1))
        let zeros = Digest.ofBytes([UInt8](repeating: 0, count: 1000))
        let pack = index.packs[0]
        index = try PackIndex(
            packs: [
                PackIndex.Pack(
                    digest: pack.digest, codec: pack.codec, storedBytes: pack.storedBytes, unpackedBytes: 1000)
            ],
            contents: [
                PackIndex.Content(
                    digest: zeros, size: 1000, ranges: [PackIndex.Range(pack: 0, offset: 0, length: 1000)])
            ])
        #expect(
            throws: PackError.undecodablePack(pack: pack.digest, reason: .tooLong(declared: 1000), feeds: ["who"])
        ) {
            try PackReader(index: index, source: shop.store).write(zeros, to: BytesSink(), feeds: ["who"])
        }
    }

    @Test func rangesThatYieldAnotherContentAreRefused() async throws {
        let shop = try workshop()
        let index = try await shop.pack()
        let lie = Digest.ofBytes([9])
        let wrong = try PackIndex(
            packs: index.packs,
            contents: [
                PackIndex.Content(
                    digest: lie, size: 10, ranges: [PackIndex.Range(pack: 0, offset: 0, length: 10)])
            ])
        let found = Digest.ofBytes(Array(content(5000, seed: 1)[..<10]))
        let reader = PackReader(index: wrong, source: shop.store)
        #expect(throws: PackError.wrongContent(lie, found: found, feeds: [])) {
            try reader.write(lie, to: BytesSink())
        }
        await #expect(throws: PackError.wrongContent(lie, found: found, feeds: [(shop.root / "z").text])) {
            try await reader.unpack([lie: [shop.target("z")]], jobs: 1)
        }
    }

    @Test func aContentThatTheIndexLacksIsNamed() async throws {
        let shop = try workshop()
        let index = try await shop.pack()
        let other = Digest.ofBytes([1])
        await #expect(throws: PackError.unknownContent(other, feeds: [(shop.root / "z").text])) {
            try await PackReader(index: index, source: shop.store).unpack([other: [shop.target("z")]], jobs: 1)
        }
    }

    @Test func anExistingTargetIsNeverReplaced() async throws {
        let shop = try workshop()
        let index = try await shop.pack()
        try FileSystem.write([7], to: shop.root / "y")
        await #expect(throws: SystemCallError(call: "open", path: (shop.root / "y").text, code: 17)) {
            try await PackReader(index: index, source: shop.store).unpack(wanted(shop), jobs: 1)
        }
        #expect(try shop.read("y") == [7])
    }

    @Test(arguments: [[UInt8](), [1], [1, 2, 4], [1, 2, 3, 4]])
    func aSourceThatChangedIsNotPacked(now: [UInt8]) async throws {
        let shop = try PackWorkshop([("config/a", [1, 2, 3], .other)])
        let writer = PackWriter(plan: shop.plan, packing: Packing(codec: .raw), directory: shop.root) { _, _ in
            BytesSource(now)
        }
        if now == [1, 2, 3, 4] {
            // It grew behind what was collected: what was collected is what is packed.
            #expect(try await writer.write(jobs: 1).first?.unpackedBytes == 3)
        } else {
            await #expect(throws: PackError.sourceChanged(path: "config/a")) { try await writer.write(jobs: 1) }
        }
    }
}
