// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression
import Testing

private let everySetting: [CompressionSettings] = [
    .raw, .zstd(level: 1), .zstd(level: 19),
    .xz(XZSettings(preset: 0, dictionaryBytes: 1 << 20)),
    .xz(XZSettings(preset: 0, effort: .quick, dictionaryBytes: 1 << 20, filter: .x86)),
    .xz(XZSettings(preset: 9, effort: .extreme, dictionaryBytes: 1 << 20)),
    .xz(XZSettings(preset: 6, dictionaryBytes: 1 << 20, filter: .x86)),
    .xz(XZSettings(preset: 6, dictionaryBytes: 3 << 19, filter: .arm64)),
]

func compressed(_ bytes: [UInt8], _ settings: CompressionSettings, step: Int = .max) throws -> [UInt8] {
    let sink = ArraySink()
    try Compressor.compress(
        from: ArraySource(bytes, step: step), size: Int64(bytes.count), to: sink, settings: settings)
    return sink.bytes
}

func decompressed(_ stored: [UInt8], _ form: CompressedForm, declared: Int, limit: Int = 96 << 20) throws -> [UInt8] {
    let sink = ArraySink()
    try Decompressor.decompress(
        form, from: ArraySource(stored), storedBytes: Int64(stored.count), to: sink, unpackedBytes: Int64(declared),
        memoryLimit: limit)
    return sink.bytes
}

struct RoundTripTests {
    @Test(arguments: everySetting, [0, 1, 300_000, 1_500_001])
    func returnsWhatWasGiven(settings: CompressionSettings, size: Int) throws {
        let bytes = patterned(size)
        let stored = try compressed(bytes, settings)
        #expect(try decompressed(stored, settings.form, declared: size) == bytes)
        if settings != .raw, size > 1 { #expect(stored.count < size) }
    }

    @Test(arguments: everySetting)
    func doesNotDependOnHowTheInputArrives(settings: CompressionSettings) throws {
        let bytes = patterned(700_000)
        #expect(try compressed(bytes, settings) == compressed(bytes, settings, step: 1013))
    }

    @Test func readsNoFurtherThanTheStream() throws {
        let stored = try compressed(patterned(1000), .zstd(level: 3))
        let source = ArraySource(stored + [1, 2, 3])
        try Decompressor.decompress(
            .zstd, from: source, storedBytes: Int64(stored.count), to: ArraySink(), unpackedBytes: 1000)
        #expect(source.position == stored.count)
    }

    @Test(arguments: [(0, 1 << 16), (70_000, 98304), (100_000, 131_072), (24 << 20, 24 << 20), (99 << 20, 32 << 20)])
    func namesADictionaryThatCovers(size: Int, expected: Int) {
        #expect(XZSettings.dictionary(covering: Int64(size), maximum: 32 << 20) == expected)
    }
}
