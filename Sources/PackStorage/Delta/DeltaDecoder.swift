// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import Compression
import HostSystem

/// Makes a pack's unpacked bytes of a `.delta` and the older content. It reads heads of a fixed size, and streams each segment
/// with its window to a decoder. Its input is proven by a signature before it comes here, and bounded all the same.
package enum DeltaDecoder {
    /// Reads exactly `storedBytes` and gives exactly `unpackedBytes`; the caller compares digests.
    ///
    /// - Throws: `CompressionError`, `DecoderFault`; what the source, the older content and the sink throw.
    package static func decode(
        from source: any ByteSource, storedBytes: Int64, old: OldContent, to sink: any ByteSink, unpackedBytes: Int64,
        by decoder: any StreamDecoder
    ) throws {
        #if COUNT_UNPROVEN
            // The pack is what was proven; its streams come to liblzma one by one.
            let source = WatchedSource(source, .xz)
        #endif
        var stored = storedBytes
        let head = try DeltaHead(parsing: take(DeltaHead.size, from: source, &stored))
        try head.demand(old: old.digest, size: old.size, unpackedBytes: unpackedBytes)
        var left = unpackedBytes
        for _ in 0..<head.segments {
            let bytes = try take(DeltaForm.segmentHeadBytes, from: source, &stored)
            let segment = try DeltaSegment(parsing: bytes, left: left, storedLeft: stored, oldSize: old.size)
            let window = FileRange(old.bytes, offset: segment.windowOffset, length: Int64(segment.windowLength))
            let input = JoinedSource([
                (HeldBytes(bytes), Int64(bytes.count)), (window, Int64(segment.windowLength)),
                (source, Int64(segment.storedBytes)),
            ])
            try decoder.decode(
                .delta, from: input, storedBytes: input.size, to: sink, unpackedBytes: Int64(segment.length))
            stored -= Int64(segment.storedBytes)
            left -= Int64(segment.length)
        }
        guard left == 0, stored == 0 else { throw CompressionError.badDelta(rule: 12) }
    }

    private static func take(_ count: Int, from source: any ByteSource, _ stored: inout Int64) throws -> [UInt8] {
        guard stored >= Int64(count) else { throw CompressionError.truncated(.delta) }
        stored -= Int64(count)
        return try DeltaForm.bytes(count, from: source)
    }
}

/// Runs of several sources, one behind the other.
private final class JoinedSource: ByteSource {
    private var waiting: ArraySlice<(source: any ByteSource, left: Int64)>
    let size: Int64

    init(_ parts: [(source: any ByteSource, left: Int64)]) {
        waiting = parts[...]
        size = parts.reduce(0) { $0 + $1.left }
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while let first = waiting.first, first.left == 0 { waiting.removeFirst() }
        guard let first = waiting.first, !buffer.isEmpty else { return 0 }
        let most = Int(min(Int64(buffer.count), first.left))
        let count = try first.source.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<most]))
        guard count > 0 else { throw CompressionError.truncated(.delta) }
        waiting[waiting.startIndex].left -= Int64(count)
        return count
    }
}
