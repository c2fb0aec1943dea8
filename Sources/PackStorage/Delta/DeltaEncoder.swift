// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Compression

/// Codes a run of a new content against an older one. One thread, at most 450 MiB; the same input gives the same bytes for one
/// version of liblzma.
package struct DeltaEncoder {
    /// Raised whenever the same input comes to give other bytes.
    static let version = 1

    private let old: OldContent
    private let samples: OldSamples
    private let filter: BranchFilter?
    /// Shorter in tests only.
    var segmentBytes = DeltaForm.maximumSegmentBytes

    /// - Parameter architecture: of the machine code that the contents are, if they are.
    package init(old: OldContent, samples: OldSamples, architecture: Architecture?) {
        (self.old, self.samples) = (old, samples)
        filter = architecture.map(BranchFilter.init)
    }

    /// - Parameters:
    ///   - size: of the run; 1 to 64 MiB.
    ///   - offset: of the run's first byte in the new content.
    /// - Throws: `CompressionError.tooShort`, `.badSettings`; what the source, the older content and the sink throw.
    package func encode(
        _ source: any ByteSource, size: Int64, offset: Int64 = 0, to sink: any ByteSink
    ) throws {
        guard (1...(64 << 20)).contains(size) else { throw CompressionError.badSettings }
        let count = Int((size - 1) / Int64(segmentBytes)) + 1
        let length = (Int(size) + count - 1) / count
        try write(DeltaHead(old: old, unpackedBytes: size, segments: count).bytes, to: sink)
        var done = 0
        while done < Int(size) {
            let bytes = try read(min(length, Int(size) - done), from: source)
            try write(segment(bytes, address: UInt32(truncatingIfNeeded: offset + Int64(done))), to: sink)
            done += bytes.count
        }
    }

    /// The smallest of the ways: everything against the window as a dictionary, or runs with differences.
    private func segment(_ bytes: [UInt8], address: UInt32) throws -> [UInt8] {
        let place = samples.window(for: bytes)
        let ways: [(filter: BranchFilter?, isCopied: Bool)] = [(nil, true), (filter, false)]
        var best: [UInt8]?
        for way in ways {
            let made = try segment(bytes, address, place, filter: way.filter, isCopied: way.isCopied)
            if made.count < best?.count ?? .max { best = made }
        }
        return best ?? []
    }

    private func segment(
        _ bytes: [UInt8], _ address: UInt32, _ place: (offset: Int64, length: Int), filter: BranchFilter?,
        isCopied: Bool
    ) throws -> [UInt8] {
        var (segment, window) = (bytes, try old.window(at: place.offset, place.length))
        filter?.apply(.absolute, to: &segment, address: address)
        filter?.apply(.absolute, to: &window, address: UInt32(truncatingIfNeeded: place.offset))
        let copies = isCopied ? CopyFinder.copies(of: segment, from: window) : []
        let control = DeltaControl.bytes(copies)
        var streams: [[UInt8]] = []
        streams.append(try stream(control, [], .bytes))
        var differences: [UInt8] = []
        for copy in copies {
            for index in 0..<copy.length {
                differences.append(segment[copy.position + index] &- window[copy.source + index])
            }
        }
        let copied = differences.count
        streams.append(try stream(differences, [], .bytes))
        differences = []
        var literals: [UInt8] = []
        for run in DeltaSegmentDecoder.literals(between: copies, segment.count) {
            literals += segment[run.position..<(run.position + run.length)]
        }
        segment = []
        streams.append(try stream(literals, window, .usual))
        let head = DeltaSegment(
            length: bytes.count, filter: filter, windowOffset: place.offset, windowLength: place.length,
            address: address, copies: copies.count, controlBytes: control.count, controlStored: streams[0].count,
            copiedBytes: copied, differencesStored: streams[1].count, literalsStored: streams[2].count)
        return head.bytes + streams.joined()
    }

    private func stream(_ bytes: [UInt8], _ dictionary: [UInt8], _ model: LZMAModel) throws -> [UInt8] {
        guard !bytes.isEmpty else { return [] }
        let sink = CollectingSink()
        try DictionaryCoder.encode(bytes, dictionary: dictionary, model: model, to: sink)
        return sink.bytes
    }

    private func read(_ count: Int, from source: any ByteSource) throws -> [UInt8] {
        let bytes = try source.bytes(count)
        guard bytes.count == count else {
            throw CompressionError.tooShort(declared: Int64(count), found: Int64(bytes.count))
        }
        return bytes
    }

    private func write(_ bytes: [UInt8], to sink: any ByteSink) throws {
        try bytes.withUnsafeBytes { try sink.write($0) }
    }
}
