// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Makes the bytes of one segment (format §17.4). It is what a confined child does: it is given everything that it needs as one
/// stream, the segment's head, its window and its streams, and opens nothing. It holds window, segment, copies and one decoder
/// of at most 32 MiB.
package enum DeltaSegmentDecoder {
    /// Reads exactly `storedBytes` and gives exactly `unpackedBytes`.
    ///
    /// - Throws: `CompressionError`; what the source and the sink throw.
    package static func decode(
        from source: any ByteSource, storedBytes: Int64, to sink: any ByteSink, unpackedBytes: Int64
    ) throws {
        // Nothing behind the stored bytes is asked for: a child would wait for it.
        guard storedBytes >= Int64(DeltaForm.segmentHeadBytes) else { throw CompressionError.truncated(.delta) }
        let head = try DeltaForm.bytes(DeltaForm.segmentHeadBytes, from: source)
        let segment = try DeltaSegment(
            parsing: head, left: unpackedBytes, storedLeft: storedBytes - Int64(head.count), oldSize: .max)
        guard Int64(segment.length) == unpackedBytes,
            Int64(head.count + segment.windowLength + segment.storedBytes) == storedBytes
        else { throw CompressionError.badDelta(rule: 12) }
        var window = try DeltaForm.bytes(segment.windowLength, from: source)
        segment.filter?.apply(.absolute, to: &window, address: UInt32(truncatingIfNeeded: segment.windowOffset))
        try decode(segment, window, from: source).withUnsafeBytes { try sink.write($0) }
    }

    private static func decode(_ segment: DeltaSegment, _ window: [UInt8], from source: any ByteSource) throws
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

    package static func literals(between copies: [DeltaCopy], _ length: Int) -> [(position: Int, length: Int)] {
        var end = 0
        var runs: [(position: Int, length: Int)] = []
        for copy in copies {
            if copy.position > end { runs.append((end, copy.position - end)) }
            end = copy.position + copy.length
        }
        if end < length { runs.append((end, length - end)) }
        return runs
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
