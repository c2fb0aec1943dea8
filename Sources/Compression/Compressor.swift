// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Turns a stream of bytes into its stored form. It blocks the calling thread and keeps nothing between calls.
package enum Compressor {
    /// Reads exactly `size` bytes and writes one whole stream.
    ///
    /// - Throws: `CompressionError.tooShort` when the source ends early; what the source and the sink throw.
    package static func compress(
        from source: any ByteSource, size: Int64, to sink: any ByteSink, settings: CompressionSettings
    ) throws {
        let input = MeasuredInput(source, size: size)
        switch settings {
        case .xz(let settings): try XZEncoder(settings).run(from: input, to: sink)
        case .zstd(let level): try ZstdEncoder(level: level, size: size).run(from: input, to: sink)
        case .raw: try RawCopy.run(from: input, to: sink)
        }
    }
}

/// Turns stored bytes back into what was stored.
///
/// It is no place for a stranger's bytes: liblzma and libzstd parse them in this process (CVE-2025-31115, CVE-2026-34743).
/// Callers hand over only bytes whose hash a trusted signature covers (design promise 1).
package enum Decompressor {
    /// What a decoder may use beside its buffers. A pack's dictionary is at most 32 MiB.
    package static let defaultMemoryLimit = 96 << 20

    /// Reads exactly `storedBytes` from the source, which must be one whole stream and nothing else, and writes exactly
    /// `unpackedBytes`. The source is not read past `storedBytes`.
    ///
    /// - Throws: `CompressionError`; what the source and the sink throw. The sink may have received bytes before a
    ///   fault, but never more than `unpackedBytes` of them: a bomb stops there.
    package static func decompress(
        _ form: CompressedForm, from source: any ByteSource, storedBytes: Int64, to sink: any ByteSink,
        unpackedBytes: Int64, memoryLimit: Int = defaultMemoryLimit
    ) throws {
        #if COUNT_UNPROVEN
            let decoder = DecoderWatch.Decoder(rawValue: form.rawValue)
            let source = decoder.map { WatchedSource(source, $0) as any ByteSource } ?? source
        #endif
        let input = MeasuredInput(source, size: storedBytes)
        let output = CappedOutput(sink, declared: unpackedBytes)
        switch form {
        case .xz: try XZDecoder(memoryLimit: memoryLimit).run(from: input, to: output)
        case .zstd: try ZstdDecoder(memoryLimit: memoryLimit).run(from: input, to: output)
        case .raw: try RawCopy.run(from: input, to: output)
        case .delta:
            try DeltaSegmentDecoder.decode(
                from: source, storedBytes: storedBytes, to: output, unpackedBytes: unpackedBytes)
        }
        try output.finish()
    }
}
