// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import PackStorage
import Testing

/// An ELF file of 64 bits (elf(5)): a head, and segments of these sizes, of which some are code.
private func program(
    _ segments: [(bytes: Int, isCode: Bool)], machine: UInt8 = 62, seed: UInt64 = 1,
    lies: (inout [UInt8]) -> Void = { _ in }
) -> [UInt8] {
    func little(_ number: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
    }
    var head: [UInt8] =
        [0x7f, 0x45, 0x4c, 0x46, 2, 1, 1] + [UInt8](repeating: 0, count: 9) + [2, 0, machine, 0, 1, 0, 0, 0]
    head += little(0, 8) + little(64, 8) + little(0, 8) + little(0, 4)
    head += little(64, 2) + little(56, 2) + little(segments.count, 2) + little(64, 2) + little(0, 2) + little(0, 2)
    var place = 64 + 56 * segments.count
    for segment in segments {
        head += little(1, 4) + little(segment.isCode ? 5 : 4, 4) + little(place, 8) + little(0, 16)
        head += little(segment.bytes, 8) + little(segment.bytes, 8) + little(4096, 8)
        place += segment.bytes
    }
    lies(&head)
    return head + content(segments.reduce(0) { $0 + $1.bytes }, seed: seed)
}

private func archive(_ files: [[UInt8]], at offset: Int = 0) -> [UInt8] {
    var bytes = content(512, seed: 1) + [UInt8](repeating: 7, count: offset)
    for file in files {
        bytes += content(512, seed: 2) + file
        bytes += [UInt8](repeating: 0, count: -(file.count) & 511)
    }
    return bytes
}

private func found(_ bytes: [UInt8], reading: Int = 1 << 20) -> PackContent {
    var hasher = ContentHasher()
    for start in stride(from: 0, to: bytes.count, by: reading) {
        Array(bytes[start..<min(start + reading, bytes.count)]).withUnsafeBytes { hasher.update($0) }
    }
    return hasher.content(kind: .other, path: "images/a/layer-0")
}

/// The bytes that are called code, from where on.
private func code(_ content: PackContent) -> [Range<Int>] {
    var (place, ranges): (Int, [Range<Int>]) = (0, [])
    for chunk in content.chunks {
        if chunk.isCode, let last = ranges.last, last.upperBound == place {
            ranges[ranges.count - 1] = last.lowerBound..<place + chunk.length
        } else if chunk.isCode {
            ranges.append(place..<place + chunk.length)
        }
        place += chunk.length
    }
    return ranges
}

private let large = program([(5000, false), (300_000, true), (200_000, false)])
private let largeHead = 64 + 3 * 56

@Suite("Where machine code stands")
struct CodeFinderTests {
    @Test(arguments: [1, 7, 19, 63, 64, 65, 511, 512, 513, 4096, 1 << 20])
    func isFoundHoweverItIsRead(reading: Int) {
        let begin = largeHead + 5000
        #expect(code(found(large, reading: reading)) == [begin..<begin + 300_000])
        let layer = archive([content(70_000, seed: 5), large, content(9, seed: 6), large])
        let whole = found(layer)
        #expect(code(whole).map(\.count) == [300_000, 300_000])
        let read = found(layer, reading: reading)
        #expect(read.chunks == whole.chunks && read.digest == whole.digest)
        #expect(read.kind == .machineCode(.amd64))
    }

    @Test func isTheSameChunksBesideATreeAndInALayer() {
        let alone = Set(found(large).chunks.filter(\.isCode))
        #expect(alone.count > 1)
        #expect(alone.isSubset(of: found(archive([content(100_001, seed: 5), large])).chunks))
    }

    @Test func kindIsThatOfMostPrograms() {
        let (arm, other) = (program([(9, true)], machine: 183), program([(90_000, true)], machine: 3))
        #expect(found(archive([arm, large, arm])).kind == .machineCode(.arm64))
        #expect(found(archive([other])).kind == .other && code(found(archive([other]))).isEmpty)
        #expect(found(archive([large], at: 1)).kind == .other)
        #expect(found([0x1f, 0x8b] + archive([large]).dropFirst(2)).kind == .compressed)
    }

    @Test func isNoPlaceOfItsOwnWhereItIsShort() {
        #expect(code(found(program([(100_000, false), (16_383, true)]))).isEmpty)
        #expect(code(found(program([(100_000, false), (16_384, true)]))).map(\.count) == [16_384])
    }

    /// So that there are no more of them than bytes to hold them.
    @Test func rangesDoNotOverlap() {
        let twice = program([(40_000, true), (40_000, true)]) { $0[64 + 56 + 8 + 1] -= 0x40 }
        #expect(code(found(twice)).map(\.count) == [40_000])
    }

    /// What an author's files say of themselves costs them some bytes, and nothing else.
    @Test func survivesHeadsThatLie() {
        let short = program([(20_000, true)])
        for place in 0..<(64 + 3 * 56) {
            for byte: UInt8 in [0, 1, 0x7f, 0xff] {
                let lying = program([(5000, false), (30_000, true), (2000, false)]) { $0[place] = byte }
                let told = found(archive([lying, short]))
                #expect(told.chunks.reduce(0) { $0 + $1.length } == archive([lying, short]).count)
            }
        }
        for at in [32, 40, 64 + 56 + 8, 64 + 56 + 32] {
            let huge = program([(5000, false), (30_000, true)]) { for byte in at..<at + 8 { $0[byte] = 0xff } }
            #expect(found(huge).size == Int64(huge.count))
        }
        #expect(found(Array(large.prefix(largeHead - 1))).size == Int64(largeHead - 1))
    }

    @Test(arguments: Packing.Preset.allCases.map { Packing($0) })
    func liesAmongItsLikeAndComesBack(packing: Packing) async throws {
        let programs = (0..<5).map { program([(40_000, false), (300_000, true), (200_000, false)], seed: UInt64($0)) }
        let layer = archive([
            content(70_000, seed: 5), programs[1], content(2_500_000, seed: 6), programs[3], programs[4],
        ])
        let shop = try PackWorkshop(
            programs[..<3].enumerated().map { ("bin/\($0)", $1, .other) } + [("images/a", layer, .other)])
        let kinds = PackPlan(shop.contents).packs.map(\.kind)
        #expect(kinds == [.machineCode(.amd64), .programData, .other])
        let index = try await shop.pack(packing)
        #expect(index.packs.map(\.codec) == (packing == Packing(.fast) ? [.xz, .zstd, .zstd] : [.xz, .xz, .xz]))
        #expect(index.packs.first?.unpackedBytes == 1_500_000, "each program's code is carried once")
        let targets = zip(["0", "1", "2", "layer"], shop.contents).map { ($1.digest, [shop.target($0)]) }
        try await PackReader(index: index, source: shop.store)
            .unpack(Dictionary(uniqueKeysWithValues: targets), jobs: 2)
        for (name, bytes) in zip(["0", "1", "2"], programs) { #expect(try shop.read(name) == bytes) }
        #expect(try shop.read("layer") == layer)
    }

    /// A reader has 32 MiB for a dictionary, however large the pack (format §11): the byte behind the filter's name says 2^25.
    @Test func aLargePackAsksAReaderForNoLargerDictionary() async throws {
        let big = try PackWorkshop([("big", content(40 << 20, seed: 8), .other)])
        let index = try await big.pack(.xz(preset: 0))
        #expect(index.packs.map(\.unpackedBytes) == [40 << 20])
        let head = try FileSystem.readAll(big.store.path(of: index.packs[0]), limit: 64 << 20).prefix(17)
        #expect(Array(head.suffix(3)) == [0x21, 1, 26])
    }
}
