// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression
@testable import PackStorage
import Testing

/// Each rule of format §17 broken once, in a delta that is good otherwise.
@Suite struct DeltaDamageTests {
    private static let old = DeltaWorkshop.noise(20_000)
    private static let new: ArraySlice<UInt8> = {
        var moved = old
        for place in stride(from: 0, to: moved.count, by: 20) { moved[place] &+= 16 }
        return moved[..<8000] + DeltaWorkshop.noise(300, seed: 2) + moved[8000...]
    }()

    private func good() throws -> [UInt8] {
        try DeltaWorkshop.encode(Array(Self.new), against: Self.old)
    }

    @Test func isGoodBeforeItIsBroken() throws {
        #expect(try DeltaWorkshop.decode(good(), against: Self.old, Self.new.count) == Array(Self.new))
    }

    @Test(arguments: [
        (place: 0, byte: 0x42, rule: 1), (48, 0xff, 3), (55, 0x80, 2), (56, 0, 2), (56, 65, 2), (60, 1, 2),
        (64 + 3, 0x7f, 4), (64 + 0, 0, 12), (64 + 4, 3, 5), (64 + 5, 1, 5), (64 + 15, 0x80, 6), (64 + 8, 1, 6),
        (64 + 18, 1, 6), (64 + 26, 5, 7), (64 + 28, 1, 7), (64 + 28, 0xff, 7), (64 + 39, 1, 7), (64 + 32, 0, 8),
        (64 + 43, 1, 8),
    ]) func fieldPastItsLimit(_ broken: (place: Int, byte: Int, rule: Int)) throws {
        var bytes = try good()
        bytes[broken.place] = UInt8(broken.byte)
        // A shorter segment is found at the end at the latest, or by what its streams give.
        if broken.rule == 12 {
            #expect(throws: (any Error).self) { try DeltaWorkshop.decode(bytes, against: Self.old, Self.new.count) }
        } else {
            #expect(throws: CompressionError.badDelta(rule: broken.rule)) {
                try DeltaWorkshop.decode(bytes, against: Self.old, Self.new.count)
            }
        }
    }

    @Test func otherOldIsRefused() throws {
        #expect(throws: (any Error).self) {
            try DeltaWorkshop.decode(good(), against: DeltaWorkshop.noise(20_000, seed: 8), Self.new.count)
        }
        var bytes = try good()
        bytes[40] ^= 1
        #expect(throws: (any Error).self) { try DeltaWorkshop.decode(bytes, against: Self.old, Self.new.count) }
    }

    @Test func endsWhereItMust() throws {
        let bytes = try good()
        #expect(throws: CompressionError.badDelta(rule: 12)) {
            try DeltaWorkshop.decode(bytes + [0], against: Self.old, Self.new.count)
        }
        for count in [0, 63, 64, 111, 112, bytes.count - 1] {
            #expect(throws: (any Error).self) {
                try DeltaWorkshop.decode(Array(bytes[..<count]), against: Self.old, Self.new.count)
            }
        }
    }

    /// A segment of 100 bytes with a window of 50, and control numbers as given.
    private func copies(_ numbers: [UInt32], copied: Int) throws -> [DeltaCopy] {
        var writer = FieldWriter()
        for number in numbers { writer.putShort(number) }
        return try DeltaControl.copies(writer.bytes, of: segment(numbers.count / 3, writer.bytes.count, copied))
    }

    private func segment(_ copies: Int, _ bytes: Int, _ copied: Int) -> DeltaSegment {
        DeltaSegment(
            length: 100, filter: nil, windowOffset: 0, windowLength: 50, address: 0, copies: copies,
            controlBytes: bytes, controlStored: 1, copiedBytes: copied, differencesStored: 1, literalsStored: 1)
    }

    @Test func copyOutsideOfItsBoundsIsRefused() throws {
        #expect(try copies([50, 0, 50], copied: 50) == [DeltaCopy(position: 50, source: 0, length: 50)])
        #expect(try copies([0, 5, 0, 19, 30, 20], copied: 50).count == 2)
        for numbers in [
            [51, 0, 50], [101, 0, 1], [0, 0, 51], [0, 1, 1], [0, 2, 50], [0, 102, 1], [0, 0, 0],
            [.max, 0, 1], [0, .max, 1], [0, .max - 1, 1], [0, 0, .max],
        ] as [[UInt32]] {
            #expect(throws: CompressionError.badDelta(rule: 10)) { try copies(numbers, copied: 50) }
        }
        #expect(throws: CompressionError.badDelta(rule: 11)) { try copies([50, 0, 49], copied: 50) }
    }

    @Test(
        arguments: [
            [0, 0, 1, 0], [0, 0, 0x81], [0x80, 0, 0, 1], [0, 0, 0x80, 0x80, 0x80, 0x80, 0x10], [0, 0], [],
            [0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 1],
        ] as [[UInt8]]) func numberInAnotherSpellingIsRefused(_ bytes: [UInt8])
    {
        #expect(throws: CompressionError.badDelta(rule: 9)) {
            try DeltaControl.copies(bytes, of: segment(1, bytes.count, 1))
        }
    }

    @Test func nothingAnyByteChangesTraps() throws {
        let bytes = try good()
        for place in bytes.indices.prefix(400) {
            for change in [1, 0x80, 0xff] as [UInt8] {
                var broken = bytes
                broken[place] ^= change
                _ = try? DeltaWorkshop.decode(broken, against: Self.old, Self.new.count)
            }
        }
    }

    @Test func bareStreamMustFillWhatIsPromised() throws {
        let sink = CollectingSink()
        try DictionaryCoder.encode(Array("abcabc".utf8), dictionary: Array("xabc".utf8), to: sink)
        for promised in [5, 7] {
            #expect(throws: CompressionError.self) {
                try DictionaryCoder.decode(
                    from: BytesSource(sink.bytes), storedBytes: sink.bytes.count, dictionary: Array("xabc".utf8),
                    to: CollectingSink(), unpackedBytes: promised)
            }
        }
        #expect(throws: CompressionError.badSettings) {
            try DictionaryCoder.decode(
                from: BytesSource([0]), storedBytes: 1, dictionary: [], to: CollectingSink(),
                unpackedBytes: DictionaryCoder.maximumBytes + 1)
        }
    }
}
