// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Synchronization

/// Turns stored bytes back into what was stored; what `Decompressor` promises holds wherever it happens.
package protocol StreamDecoder: Sendable {
    /// - Throws: `CompressionError`, `DecoderFault`; what the source and the sink throw.
    func decode(
        _ form: CompressedForm, from source: any ByteSource, storedBytes: Int64, to sink: any ByteSink,
        unpackedBytes: Int64
    ) throws
    /// Nothing more is to be decoded for now: what was kept for it may go.
    func rest()
}

/// What can go wrong with a decoder that is a process of its own. Facts; the words are in `Commands/Wording`.
package enum DecoderFault: Error, Equatable, Sendable {
    /// It could not be started, or take its own rights away: the system call, and errno(3).
    case notConfined(call: String, code: Int32)
    /// A signal ended it.
    case killed(signal: Int32)
    /// It ended by itself, before it was done.
    case ended(status: Int32)
    /// Nothing came from it, and it took nothing.
    case silent
    /// It said what a decoder never says.
    case disobeyed
}

/// In this process: tests, and the connected side's own packs.
package struct OwnDecoder: StreamDecoder {
    package init() {}

    package func decode(
        _ form: CompressedForm, from source: any ByteSource, storedBytes: Int64, to sink: any ByteSink,
        unpackedBytes: Int64
    ) throws {
        try Decompressor.decompress(
            form, from: source, storedBytes: storedBytes, to: sink, unpackedBytes: unpackedBytes)
    }

    package func rest() {}
}

/// The decoder of this process. The program sets it once, as it starts: one place, so that no way to a pack forgets it.
package enum ProcessDecoder {
    private static let chosen = Mutex<any StreamDecoder>(OwnDecoder())

    package static var current: any StreamDecoder { chosen.withLock { $0 } }
    package static func use(_ decoder: any StreamDecoder) { chosen.withLock { $0 = decoder } }
}
