// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression
import Testing

private let xz = CompressionSettings.xz(XZSettings(preset: 1, dictionaryBytes: 1 << 20))
private let zstd = CompressionSettings.zstd(level: 3)

struct RefusalTests {
    @Test(arguments: [xz, zstd, .raw])
    func bombStopsAtWhatWasDeclared(settings: CompressionSettings) throws {
        let stored = try compressed([UInt8](repeating: 0, count: 50 << 20), settings)
        let sink = ArraySink()
        #expect(throws: CompressionError.tooLong(declared: 1 << 20)) {
            try Decompressor.decompress(
                settings.form, from: ArraySource(stored), storedBytes: Int64(stored.count), to: sink,
                unpackedBytes: 1 << 20)
        }
        #expect(sink.bytes.count <= 1 << 20)
    }

    @Test(arguments: [xz, zstd, .raw])
    func lessThanDeclaredIsRefused(settings: CompressionSettings) throws {
        let stored = try compressed(patterned(1000), settings)
        #expect(throws: CompressionError.tooShort(declared: 1001, found: 1000)) {
            try decompressed(stored, settings.form, declared: 1001)
        }
    }

    @Test(arguments: [xz, zstd])
    func truncatedAnywhereIsRefused(settings: CompressionSettings) throws {
        let stored = try compressed(patterned(3000), settings)
        for length in stored.indices {
            #expect(throws: CompressionError.truncated(settings.form)) {
                try decompressed(Array(stored[..<length]), settings.form, declared: 3000)
            }
        }
    }

    @Test(arguments: [xz, zstd])
    func whatFollowsTheStreamIsRefused(settings: CompressionSettings) throws {
        let stored = try compressed(patterned(3000), settings)
        // Another byte, padding as xz allows it, and a second whole stream.
        for tail in [[7], [0, 0, 0, 0], stored] {
            #expect(throws: CompressionError.trailingBytes(settings.form)) {
                try decompressed(stored + tail, settings.form, declared: 3000)
            }
        }
    }

    @Test(arguments: [xz, zstd])
    func noFlippedByteComesThroughUnnoticed(settings: CompressionSettings) throws {
        let bytes = patterned(3000)
        let stored = try compressed(bytes, settings)
        for index in stored.indices {
            var damaged = stored
            damaged[index] ^= 0x10
            let result = try? decompressed(damaged, settings.form, declared: 3000)
            #expect(result == nil || result == bytes)
        }
    }

    @Test func aDictionaryAboveTheLimitIsRefused() throws {
        let big = try compressed(patterned(100), .xz(XZSettings(preset: 6, dictionaryBytes: 64 << 20)))
        #expect(throws: CompressionError.memoryLimit(.xz, limit: 32 << 20)) {
            try decompressed(big, .xz, declared: 100, limit: 32 << 20)
        }
        #expect(try decompressed(big, .xz, declared: 100) == patterned(100))
        let wide = try compressed(patterned(40 << 20), .zstd(level: 1))
        #expect(throws: CompressionError.memoryLimit(.zstd, limit: 8 << 20)) {
            try decompressed(wide, .zstd, declared: 40 << 20, limit: 8 << 20)
        }
    }

    @Test func aStreamWithoutACheckIsRefused() throws {
        // printf hello | xz --check=none
        let hex = "fd377a585a000000ff12d9410200210116000000742fe5a301000468656c6c6f000000000001" + "1505b0a75967"
        #expect(throws: CompressionError.unchecked) {
            try decompressed(Hexadecimal.decode(hex.utf8) ?? [], .xz, declared: 5)
        }
    }

    @Test func aSourceThatEndsEarlyIsNamed() {
        #expect(throws: CompressionError.tooShort(declared: 10, found: 4)) {
            try Compressor.compress(from: ArraySource([1, 2, 3, 4]), size: 10, to: ArraySink(), settings: xz)
        }
    }

    @Test(arguments: [
        CompressionSettings.zstd(level: 20), .zstd(level: 0), .xz(XZSettings(preset: 10, dictionaryBytes: 1 << 20)),
        .xz(XZSettings(preset: 6, dictionaryBytes: 1)),
    ])
    func impossibleSettingsAreRefused(settings: CompressionSettings) {
        #expect(throws: CompressionError.badSettings) { try compressed([1], settings) }
    }
}
