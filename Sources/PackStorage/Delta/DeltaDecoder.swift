// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Compression

/// Makes a pack's unpacked bytes of a `.delta` and the older content. Beside that content's window (16 MiB) it holds one
/// segment, its copies and one decoder of at most 32 MiB. Its input is proven by a signature before it comes here, and bounded
/// all the same.
package enum DeltaDecoder {
    /// Reads exactly `storedBytes` and gives exactly `unpackedBytes`; the caller compares digests.
    ///
    /// - Throws: `DeltaFault`, `CompressionError`; what the source, the older content and the sink throw.
    package static func decode(
        from source: any ByteSource, storedBytes: Int64, old: OldContent, to sink: any ByteSink, unpackedBytes: Int64
    ) throws {
        var stored = storedBytes
        let head = try DeltaHead(parsing: take(DeltaForm.headBytes, from: source, &stored))
        guard head.old == old.digest, head.oldSize == old.size else {
            throw DeltaFault.otherOld(wanted: head.old, size: head.oldSize)
        }
        guard head.unpackedBytes == unpackedBytes else { throw DeltaFault.malformed(rule: 3) }
        var left = unpackedBytes
        for _ in 0..<head.segments {
            let bytes = try take(DeltaForm.segmentHeadBytes, from: source, &stored)
            let segment = try DeltaSegment(parsing: bytes, left: left, storedLeft: stored, oldSize: old.size)
            try decode(segment, from: source, old).withUnsafeBytes { try sink.write($0) }
            stored -= Int64(segment.storedBytes)
            left -= Int64(segment.length)
        }
        guard left == 0, stored == 0 else { throw DeltaFault.malformed(rule: 12) }
    }

    private static func decode(_ segment: DeltaSegment, from source: any ByteSource, _ old: OldContent) throws
        -> [UInt8]
    {
        var copies: [DeltaCopy] = []
        if segment.copies > 0 {
            let control = CollectingSink()
            try DictionaryCoder.decode(
                from: source, storedBytes: segment.controlStored, dictionary: [], to: control,
                unpackedBytes: segment.controlBytes)
            copies = try DeltaControl.copies(control.bytes, of: segment)
        }
        var window = try old.window(at: segment.windowOffset, segment.windowLength)
        segment.filter?.apply(.absolute, to: &window, address: UInt32(truncatingIfNeeded: segment.windowOffset))
        let output = SegmentSink(segment.length)
        if segment.copies > 0 {
            output.begin(copies.map { ($0.position, $0.length) })
            for copy in copies { output.add(window[copy.source..<(copy.source + copy.length)]) }
            output.begin(copies.map { ($0.position, $0.length) })
            try DictionaryCoder.decode(
                from: source, storedBytes: segment.differencesStored, dictionary: [], to: output,
                unpackedBytes: segment.copiedBytes)
        }
        if segment.literalBytes > 0 {
            output.begin(literals(between: copies, segment.length))
            try DictionaryCoder.decode(
                from: source, storedBytes: segment.literalsStored, dictionary: window, to: output,
                unpackedBytes: segment.literalBytes)
        }
        segment.filter?.apply(.relative, to: &output.bytes, address: segment.address)
        return output.bytes
    }

    static func literals(between copies: [DeltaCopy], _ length: Int) -> [(position: Int, length: Int)] {
        var end = 0
        var runs: [(position: Int, length: Int)] = []
        for copy in copies {
            if copy.position > end { runs.append((end, copy.position - end)) }
            end = copy.position + copy.length
        }
        if end < length { runs.append((end, length - end)) }
        return runs
    }

    private static func take(_ count: Int, from source: any ByteSource, _ stored: inout Int64) throws -> [UInt8] {
        guard stored >= Int64(count) else { throw DeltaFault.truncated }
        stored -= Int64(count)
        let bytes = try source.bytes(count)
        guard bytes.count == count else { throw DeltaFault.truncated }
        return bytes
    }
}

/// A segment that comes to be: bytes are added to what is there, run by run, and there are zeros at first.
private final class SegmentSink: ByteSink {
    var bytes: [UInt8]
    private var runs: ArraySlice<(position: Int, length: Int)> = []
    private var inRun = 0

    init(_ length: Int) { bytes = [UInt8](repeating: 0, count: length) }

    /// - Parameter runs: within the segment; nothing is taken behind the last of them.
    func begin(_ runs: [(position: Int, length: Int)]) {
        self.runs = runs[...]
        inRun = 0
    }

    func add(_ more: ArraySlice<UInt8>) { more.withUnsafeBytes { write($0) } }

    func write(_ more: UnsafeRawBufferPointer) {
        bytes.withUnsafeMutableBytes { bytes in
            var taken = 0
            while taken < more.count, let run = runs.first {
                let count = min(more.count - taken, run.length - inRun)
                let start = run.position + inRun
                for index in 0..<count { bytes[start + index] &+= more[taken + index] }
                taken += count
                inRun += count
                if inRun == run.length {
                    runs.removeFirst()
                    inRun = 0
                }
            }
        }
    }
}
