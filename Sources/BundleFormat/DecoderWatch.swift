// SPDX-License-Identifier: Apache-2.0

#if COUNT_UNPROVEN
    /// Tells a test of every byte string that a decoder is handed, so that it can count those that nothing had proven
    /// (trust §1). Only builds for tests have it: Package.swift sets the condition for debug builds, what ships has none.
    package enum DecoderWatch {
        package enum Decoder: String, Sendable {
            case json, xz, zstd, libarchive
        }

        package typealias Told = @Sendable (Decoder, [UInt8]) -> Void

        /// Whom to tell within the current task and its children; nobody where no test watches.
        @TaskLocal package static var told: Told?

        package static func tell(_ decoder: Decoder, _ bytes: [UInt8]) { told?(decoder, bytes) }
    }

    /// A stream on its way to a decoder. A decoder that refuses leaves the rest unread; what proves the stream covers the
    /// whole of it, so the rest is read before it is told of.
    package final class WatchedSource: ByteSource {
        private let source: any ByteSource
        private let decoder: DecoderWatch.Decoder
        private let told: DecoderWatch.Told?
        private var seen: [UInt8] = []

        package init(_ source: any ByteSource, _ decoder: DecoderWatch.Decoder) {
            self.source = source
            self.decoder = decoder
            told = DecoderWatch.told
        }

        package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            let count = try source.read(into: buffer)
            if told != nil { seen += buffer[..<count] }
            return count
        }

        deinit {
            guard let told else { return }
            var rest = [UInt8](repeating: 0, count: 65_536)
            while let count = try? rest.withUnsafeMutableBytes({ try source.read(into: $0) }), count > 0 {
                seen += rest[..<count]
            }
            told(decoder, seen)
        }
    }
#endif
