// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Compression

/// An older content that bytes are copied from. It is read in ranges, and whoever gives it has hashed it.
package struct OldContent {
    package let digest: Digest
    package let size: Int64
    package let bytes: any PlacedBytes

    package init(digest: Digest, size: Int64, bytes: any PlacedBytes) {
        self.digest = digest
        self.size = size
        self.bytes = bytes
    }

    func window(at offset: Int64, _ length: Int) throws -> [UInt8] {
        var window = [UInt8](repeating: 0, count: length)
        let count = try window.withUnsafeMutableBytes { try bytes.fill(at: offset, $0) }
        guard count == length else {
            throw CompressionError.tooShort(declared: Int64(length), found: Int64(count))
        }
        return window
    }
}

/// The first 64 bytes of a pack of the codec `delta` (format §17).
package struct DeltaHead: Equatable {
    private static let mark = Array("bndelta1".utf8)
    package static let size = 64

    package private(set) var old: Digest
    package private(set) var oldSize: Int64
    package private(set) var unpackedBytes: Int64
    package private(set) var segments: Int

    var bytes: [UInt8] {
        var writer = FieldWriter(DeltaHead.mark)
        writer.bytes += old.bytes
        writer.put(UInt64(oldSize))
        writer.put(UInt64(unpackedBytes))
        writer.put(UInt32(segments))
        writer.put(UInt32(0))
        return writer.bytes
    }

    /// Held to what the index says of the pack (format §17.6, rules 1 to 3).
    ///
    /// - Throws: `CompressionError.badDelta`.
    package func demand(old: Digest, size: Int64, unpackedBytes: Int64) throws {
        guard self.old == old, oldSize == size else { throw CompressionError.badDelta(rule: 2) }
        guard self.unpackedBytes == unpackedBytes else { throw CompressionError.badDelta(rule: 3) }
    }

    /// - Parameter bytes: 64; fewer are refused.
    package init(parsing bytes: [UInt8]) throws {
        guard bytes.count == DeltaHead.size else { throw CompressionError.truncated(.delta) }
        var reader = FieldReader(bytes)
        guard reader.take(8) == DeltaHead.mark[...] else { throw CompressionError.badDelta(rule: 1) }
        guard let old = Digest(bytes: reader.take(32)) else { throw CompressionError.badDelta(rule: 1) }
        self.old = old
        guard let size = Int64(exactly: reader.number64()), let unpacked = Int64(exactly: reader.number64()),
            case let segments = Int(reader.number32()), (1...DeltaForm.maximumSegments).contains(segments),
            reader.number32() == 0
        else { throw CompressionError.badDelta(rule: 2) }
        (oldSize, unpackedBytes, self.segments) = (size, unpacked, segments)
    }

    init(old: OldContent, unpackedBytes: Int64, segments: Int) {
        (self.old, oldSize, self.unpackedBytes, self.segments) = (old.digest, old.size, unpackedBytes, segments)
    }
}
