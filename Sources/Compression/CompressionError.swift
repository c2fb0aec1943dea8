// SPDX-License-Identifier: Apache-2.0

/// What can go wrong while bytes are compressed or decompressed. Facts; the words are in `Commands/Wording`.
package enum CompressionError: Error, Equatable, Sendable {
    /// The library refused: `lzma_ret` for xz, `ZSTD_ErrorCode` for zstd.
    case library(CompressedForm, code: Int)
    /// The input ended, or reached its declared size, before the stream did.
    case truncated(CompressedForm)
    /// Bytes stand behind the end of the stream, inside the declared size.
    case trailingBytes(CompressedForm)
    /// More came out than was declared; nothing past it was given to the sink.
    case tooLong(declared: Int64)
    /// Less came out, or went in, than was declared.
    case tooShort(declared: Int64, found: Int64)
    /// The stream needs more memory than the caller allows, in bytes.
    case memoryLimit(CompressedForm, limit: Int)
    /// An xz stream without a check that liblzma knows.
    case unchecked
    /// A pack that refers to an older content breaks a rule of format §17.6, by its number there.
    case badDelta(rule: Int)
    /// Settings that no stream can be made with.
    case badSettings
}

/// The forms that stored bytes can have.
package enum CompressedForm: String, Sendable, CaseIterable {
    case xz
    case zstd
    case raw
    /// One segment of a pack that refers to an older content, behind its window (`DeltaSegmentDecoder`).
    case delta
}
