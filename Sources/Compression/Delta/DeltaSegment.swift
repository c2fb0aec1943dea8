// SPDX-License-Identifier: Apache-2.0
/// What stands before a segment's streams: where it may copy from, and how long everything is.
package struct DeltaSegment: Equatable {
    package var length: Int
    package var filter: BranchFilter?
    package var windowOffset: Int64
    package var windowLength: Int
    /// The address of the segment's first byte, as the filter counts it.
    package var address: UInt32
    package var copies: Int
    package var controlBytes: Int
    package var controlStored: Int
    /// Bytes that are copied, and so bytes of differences. The others are literals.
    package var copiedBytes: Int
    package var differencesStored: Int
    package var literalsStored: Int

    package init(
        length: Int, filter: BranchFilter?, windowOffset: Int64, windowLength: Int, address: UInt32, copies: Int,
        controlBytes: Int, controlStored: Int, copiedBytes: Int, differencesStored: Int, literalsStored: Int
    ) {
        self.length = length
        self.filter = filter
        self.windowOffset = windowOffset
        self.windowLength = windowLength
        self.address = address
        self.copies = copies
        self.controlBytes = controlBytes
        self.controlStored = controlStored
        self.copiedBytes = copiedBytes
        self.differencesStored = differencesStored
        self.literalsStored = literalsStored
    }

    package var literalBytes: Int { length - copiedBytes }
    package var storedBytes: Int { controlStored + differencesStored + literalsStored }

    package var bytes: [UInt8] {
        var writer = FieldWriter()
        writer.put(UInt32(length))
        writer.bytes += [filter?.rawValue ?? 0, 0, 0, 0]
        writer.put(UInt64(windowOffset))
        writer.put(UInt32(windowLength))
        writer.put(address)
        for number in [copies, controlBytes, controlStored, copiedBytes, differencesStored, literalsStored] {
            writer.put(UInt32(number))
        }
        return writer.bytes
    }
}

extension DeltaSegment {
    /// - Parameters:
    ///   - bytes: exactly 48.
    ///   - left: unpacked bytes of the pack that are not there yet.
    ///   - storedLeft: stored bytes behind this head.
    /// - Throws: `CompressionError.badDelta`, with everything that a decoder relies on held.
    package init(parsing bytes: [UInt8], left: Int64, storedLeft: Int64, oldSize: Int64) throws {
        var reader = FieldReader(bytes)
        length = Int(reader.number32())
        guard (1...DeltaForm.maximumSegmentBytes).contains(length), Int64(length) <= left else {
            throw CompressionError.badDelta(rule: 4)
        }
        let kind = reader.number32()
        filter = UInt8(exactly: kind).flatMap(BranchFilter.init(rawValue:))
        guard kind == 0 || filter != nil else { throw CompressionError.badDelta(rule: 5) }
        guard let offset = Int64(exactly: reader.number64()), offset <= oldSize,
            case let window = Int(reader.number32()), window <= DeltaForm.maximumWindowBytes,
            Int64(window) <= oldSize - offset
        else { throw CompressionError.badDelta(rule: 6) }
        (windowOffset, windowLength) = (offset, window)
        address = reader.number32()
        copies = Int(reader.number32())
        controlBytes = Int(reader.number32())
        controlStored = Int(reader.number32())
        copiedBytes = Int(reader.number32())
        differencesStored = Int(reader.number32())
        literalsStored = Int(reader.number32())
        guard copies <= DeltaForm.maximumCopies, controlBytes >= 3 * copies,
            controlBytes <= DeltaForm.maximumCopyBytes * copies, copiedBytes >= copies, copiedBytes <= length
        else { throw CompressionError.badDelta(rule: 7) }
        // What is empty has no stream, and only that.
        guard (controlBytes == 0) == (controlStored == 0), (copies == 0) == (copiedBytes == 0),
            (copiedBytes == 0) == (differencesStored == 0), (literalBytes == 0) == (literalsStored == 0),
            Int64(storedBytes) <= storedLeft
        else { throw CompressionError.badDelta(rule: 8) }
    }
}

/// Bytes of a segment that are made of bytes of its window.
package struct DeltaCopy: Equatable {
    /// In the segment.
    package var position: Int
    /// In the window.
    package var source: Int
    package var length: Int

    package init(position: Int, source: Int, length: Int) {
        self.position = position
        self.source = source
        self.length = length
    }
}

/// Copies as numbers: all counts of literals before a copy, then all jumps in the window, then all lengths. Like stands with
/// like, so that it compresses.
package enum DeltaControl {
    package static func bytes(_ copies: [DeltaCopy]) -> [UInt8] {
        var (literals, jumps, lengths) = (FieldWriter(), FieldWriter(), FieldWriter())
        var (end, source) = (0, 0)
        for copy in copies {
            literals.putShort(UInt32(copy.position - end))
            let jump = copy.source - source
            jumps.putShort(UInt32(jump < 0 ? -2 * jump - 1 : 2 * jump))
            lengths.putShort(UInt32(copy.length))
            end = copy.position + copy.length
            source = copy.source + copy.length
        }
        return literals.bytes + jumps.bytes + lengths.bytes
    }

    /// - Returns: copies in order, within the segment and its window, that do not overlap.
    package static func copies(_ bytes: [UInt8], of segment: DeltaSegment) throws -> [DeltaCopy] {
        var reader = FieldReader(bytes)
        let literals = try (0..<segment.copies).map { _ in try number(&reader) }
        let jumps = try (0..<segment.copies).map { _ in try number(&reader) }
        let lengths = try (0..<segment.copies).map { _ in try number(&reader) }
        guard reader.isAtEnd else { throw CompressionError.badDelta(rule: 9) }
        var copies: [DeltaCopy] = []
        copies.reserveCapacity(segment.copies)
        var (end, source, copied) = (0, 0, 0)
        for index in 0..<segment.copies {
            let position = end + literals[index]
            source += jumps[index] & 1 == 0 ? jumps[index] >> 1 : -(jumps[index] >> 1) - 1
            let length = lengths[index]
            guard length >= 1, position <= segment.length, length <= segment.length - position, source >= 0,
                source <= segment.windowLength, length <= segment.windowLength - source
            else { throw CompressionError.badDelta(rule: 10) }
            copies.append(DeltaCopy(position: position, source: source, length: length))
            end = position + length
            source += length
            copied += length
        }
        guard copied == segment.copiedBytes else { throw CompressionError.badDelta(rule: 11) }
        return copies
    }

    private static func number(_ reader: inout FieldReader) throws -> Int {
        guard let number = reader.short() else { throw CompressionError.badDelta(rule: 9) }
        return Int(number)
    }
}
