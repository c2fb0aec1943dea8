// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression
import Cryptography
@testable import PackStorage
import TestSupport
import Testing

/// A content coded against an older one comes back, whatever the two are.
@Suite struct DeltaTests {
    @Test(arguments: DeltaShape.all) func comesBack(_ shape: DeltaShape) throws {
        for architecture in [nil, Architecture.amd64, .arm64] {
            let made = try DeltaWorkshop.encode(shape.new, against: shape.old, architecture)
            #expect(try DeltaWorkshop.decode(made, against: shape.old, shape.new.count) == shape.new)
        }
    }

    @Test func whatIsAlikeCostsNothing() throws {
        let old = DeltaWorkshop.noise(60_000)
        #expect(try DeltaWorkshop.encode(old, against: old).count < 400)
        let inserted = old[..<1000] + DeltaWorkshop.noise(50, seed: 9) + old[1000...]
        #expect(try DeltaWorkshop.encode(Array(inserted), against: old).count < 500)
    }

    @Test func smallChangesEverywhereAreDifferences() throws {
        let old = DeltaWorkshop.noise(50_000)
        // Every address grew by the same.
        var new = old
        for place in stride(from: 0, to: new.count, by: 20) { new[place] &+= 16 }
        let made = try DeltaWorkshop.encode(new, against: old)
        #expect(made.count < 2000)
        let segment = try DeltaSegment(
            parsing: Array(made[64..<112]), left: 50_000, storedLeft: Int64(made.count), oldSize: 50_000)
        #expect(segment.copiedBytes > 49_000)
    }

    @Test func sameInputGivesSameBytes() throws {
        let (old, new) = (DeltaWorkshop.code(10_000), DeltaWorkshop.code(10_000, seed: 5))
        #expect(
            try DeltaWorkshop.encode(new, against: old, .amd64) == DeltaWorkshop.encode(new, against: old, .amd64))
    }

    @Test(arguments: BranchFilter.allCases) func filterGivesBackAnyBytes(_ filter: BranchFilter) {
        for seed in 0..<20 as Range<UInt64> {
            // Few kinds of bytes, so that opcodes stand in operands of others.
            let kinds: [UInt8] = [0xe8, 0xe9, 0x0f, 0x8d, 0x85, 0x05, 0, 0xff, 0x94, 0x90, 1]
            let bytes = DeltaWorkshop.noise(1001, seed: seed).map { kinds[Int($0) % kinds.count] }
            var filtered = bytes
            filter.apply(.absolute, to: &filtered, address: 0xffff_f000)
            #expect(filtered != bytes)
            filter.apply(.relative, to: &filtered, address: 0xffff_f000)
            #expect(filtered == bytes)
        }
    }

    @Test func windowIsWhereTheSegmentCameFrom() throws {
        let old = DeltaWorkshop.noise(2 << 20)
        let samples = try OldSamples(DeltaWorkshop.content(old))
        #expect(samples.window(for: Array(old[(1 << 20)...]), longest: 1 << 20) == (1 << 20, 1 << 20))
        #expect(samples.window(for: Array(old[..<(1 << 20)]), longest: 1 << 20) == (0, 1 << 20))
        #expect(samples.window(for: [], longest: 1 << 20) == (0, 1 << 20))
        #expect(samples.window(for: []) == (0, 2 << 20))
    }

    @Test func severalSegmentsComeBack() throws {
        let old = DeltaWorkshop.code(9_000)
        let new = Array(old[5_000...] + DeltaWorkshop.noise(777, seed: 4) + old[..<5_000])
        let content = DeltaWorkshop.content(old)
        var encoder = DeltaEncoder(old: content, samples: try OldSamples(content), architecture: .amd64)
        encoder.segmentBytes = 2_000
        let sink = CollectingSink()
        try encoder.encode(BytesSource(new), size: Int64(new.count), offset: 1 << 33, to: sink)
        #expect(sink.bytes[56] == 5)
        #expect(try DeltaWorkshop.decode(sink.bytes, against: old, new.count) == new)
    }
}

struct DeltaShape: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let old: [UInt8]
    let new: [UInt8]

    static let all: [DeltaShape] = {
        let noise = DeltaWorkshop.noise(7_000)
        let code = DeltaWorkshop.code(12_000)
        return [
            DeltaShape(testDescription: "identical", old: noise, new: noise),
            DeltaShape(testDescription: "of nothing", old: [], new: noise),
            DeltaShape(testDescription: "one byte", old: noise, new: [7]),
            DeltaShape(testDescription: "a beginning", old: noise, new: Array(noise[..<500])),
            DeltaShape(testDescription: "an end", old: noise, new: Array(noise[6_500...])),
            DeltaShape(testDescription: "moved", old: noise, new: Array(noise[3_000...] + noise[..<3_000])),
            DeltaShape(testDescription: "twice", old: noise, new: noise + noise),
            DeltaShape(testDescription: "reversed", old: noise, new: noise.reversed()),
            DeltaShape(testDescription: "nothing in common", old: noise, new: DeltaWorkshop.noise(7_000, seed: 3)),
            DeltaShape(
                testDescription: "zeros", old: [UInt8](repeating: 0, count: 9_000),
                new: [UInt8](repeating: 0, count: 10_001)),
            DeltaShape(
                testDescription: "code", old: code, new: Array(code[..<6_000] + noise[..<77] + code[6_000...])),
        ]
    }()
}

enum DeltaWorkshop {
    static func noise(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var state = seed &* 0x9e37_79b9_7f4a_7c15 | 1
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count + 8)
        while bytes.count < count {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            withUnsafeBytes(of: state) { bytes.append(contentsOf: $0) }
        }
        return Array(bytes[..<count])
    }

    /// Calls between noise.
    static func code(_ count: Int, seed: UInt64 = 1) -> [UInt8] {
        var bytes = noise(count, seed: seed)
        for place in stride(from: 0, to: count - 8, by: 12) {
            bytes.replaceSubrange(place..<(place + 5), with: [0xe8, bytes[place], bytes[place + 1], 0, 0])
        }
        return bytes
    }

    static func content(_ bytes: [UInt8]) -> OldContent {
        var hasher = SHA256Hasher()
        bytes.withUnsafeBytes { hasher.update($0) }
        return OldContent(digest: hasher.finalize(), size: Int64(bytes.count), bytes: PlacedArray(bytes))
    }

    static func encode(_ new: [UInt8], against old: [UInt8], _ architecture: Architecture? = nil) throws -> [UInt8] {
        let content = content(old)
        let encoder = DeltaEncoder(old: content, samples: try OldSamples(content), architecture: architecture)
        let sink = CollectingSink()
        try encoder.encode(BytesSource(new), size: Int64(new.count), to: sink)
        return sink.bytes
    }

    static func decode(_ stored: [UInt8], against old: [UInt8], _ count: Int) throws -> [UInt8] {
        let sink = CollectingSink()
        try DeltaDecoder.decode(
            from: BytesSource(stored), storedBytes: Int64(stored.count), old: content(old), to: sink,
            unpackedBytes: Int64(count), by: OwnDecoder())
        return sink.bytes
    }
}
