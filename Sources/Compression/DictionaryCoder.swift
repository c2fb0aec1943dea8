// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import CLzma

/// Bytes as bare LZMA2, coded against a dictionary that both ends hold: no header, no check, and an end marker. Whoever uses
/// it says the sizes elsewhere and compares a digest of what came out.
package enum DictionaryCoder {
    /// Of dictionary and bytes together: an encoder needs about 11 times as much, a decoder as much.
    package static let maximumBytes = 32 << 20
    /// What decides about the bytes beside what is given.
    package static var identity: String { "lzma2 1 liblzma \(lzma_version_number())" }
    private static let lzma2: lzma_vli = 0x21
    private static let smallestDictionary = 4096

    /// - Throws: `CompressionError`; what the sink throws.
    package static func encode(
        _ bytes: [UInt8], dictionary: [UInt8], model: LZMAModel = .usual, to sink: any ByteSink
    ) throws {
        guard bytes.count + dictionary.count <= maximumBytes else { throw CompressionError.badSettings }
        let stream = XZStream(encodes: true)
        try prepare(stream, dictionary, bytes.count, model) { lzma_raw_encoder($0, $1) }
        let input = MeasuredInput(HeldBytes(bytes), size: Int64(bytes.count))
        try stream.run(from: input, to: sink, memoryLimit: 0)
    }

    /// Reads exactly `storedBytes`, which must be one whole stream, and gives exactly `unpackedBytes`.
    ///
    /// - Throws: `CompressionError`; what the source and the sink throw. The sink never receives more than it was promised.
    package static func decode(
        from source: any ByteSource, storedBytes: Int, dictionary: [UInt8], to sink: any ByteSink, unpackedBytes: Int
    ) throws {
        guard unpackedBytes <= maximumBytes - dictionary.count else { throw CompressionError.badSettings }
        let stream = XZStream(encodes: false)
        try prepare(stream, dictionary, unpackedBytes, .usual) { lzma_raw_decoder($0, $1) }
        let output = CappedOutput(sink, declared: Int64(unpackedBytes))
        let input = MeasuredInput(source, size: Int64(storedBytes))
        try stream.run(from: input, to: output, memoryLimit: maximumBytes)
        try output.finish()
    }

    /// liblzma copies the dictionary while it sets the coder up.
    private static func prepare(
        _ stream: XZStream, _ dictionary: [UInt8], _ bytes: Int, _ model: LZMAModel,
        _ initialise: (UnsafeMutablePointer<lzma_stream>, [lzma_filter]) -> lzma_ret
    ) throws {
        var options = lzma_options_lzma()
        guard lzma_lzma_preset(&options, 6) == 0 else { throw CompressionError.badSettings }
        options.dict_size = UInt32(max(smallestDictionary, bytes + dictionary.count))
        if model == .bytes { options.pb = 0 }
        try dictionary.withUnsafeBufferPointer { held in
            if !held.isEmpty {
                options.preset_dict = held.baseAddress
                options.preset_dict_size = UInt32(held.count)
            }
            try withUnsafeMutablePointer(to: &options) { options in
                let chain = [lzma_filter(id: lzma2, options: options), lzma_filter(id: .max, options: nil)]
                try stream.prepare { initialise($0, chain) }
            }
        }
    }
}

/// What an encoder takes to be likely. The stream says which it was, so a decoder need not know.
package enum LZMAModel: Sendable {
    case usual
    /// No place is different from the one before it.
    case bytes
}
