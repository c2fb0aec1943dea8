// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// What a pack of the codec `delta` is made of (format §17): a head, and segments of a head and three streams each. Numbers are
/// little-endian.
enum DeltaForm {
    static let mark = Array("bndelta1".utf8)
    static let headBytes = 64
    static let segmentHeadBytes = 48
    static let maximumSegments = 64
    static let maximumSegmentBytes = 16 << 20
    static let maximumWindowBytes = 16 << 20
    static let maximumCopies = 1 << 18
    /// Three numbers of at most five bytes.
    static let maximumCopyBytes = 15
}

/// What may be wrong with a pack that refers to an older content. Facts.
package enum DeltaFault: Error, Equatable, Sendable {
    /// A rule of format §17, by its number there.
    case malformed(rule: Int)
    /// It was made for another older content than the one at hand.
    case otherOld(wanted: Digest, size: Int64)
    /// The older content ended before its size.
    case oldTooShort
    /// The stored bytes ended before their number.
    case truncated
}

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
        guard count == length else { throw DeltaFault.oldTooShort }
        return window
    }
}

/// The first 64 bytes.
struct DeltaHead: Equatable {
    var old: Digest
    var oldSize: Int64
    var unpackedBytes: Int64
    var segments: Int

    var bytes: [UInt8] {
        var writer = FieldWriter(DeltaForm.mark)
        writer.bytes += old.bytes
        writer.put(UInt64(oldSize))
        writer.put(UInt64(unpackedBytes))
        writer.put(UInt32(segments))
        writer.put(UInt32(0))
        return writer.bytes
    }

    /// - Parameter bytes: exactly 64.
    init(parsing bytes: [UInt8]) throws {
        var reader = FieldReader(bytes)
        guard reader.take(8) == DeltaForm.mark[...] else { throw DeltaFault.malformed(rule: 1) }
        guard let old = Digest(bytes: reader.take(32)) else { throw DeltaFault.malformed(rule: 1) }
        self.old = old
        guard let size = Int64(exactly: reader.number64()), let unpacked = Int64(exactly: reader.number64()),
            case let segments = Int(reader.number32()), (1...DeltaForm.maximumSegments).contains(segments),
            reader.number32() == 0
        else { throw DeltaFault.malformed(rule: 2) }
        (oldSize, unpackedBytes, self.segments) = (size, unpacked, segments)
    }

    init(old: OldContent, unpackedBytes: Int64, segments: Int) {
        (self.old, oldSize, self.unpackedBytes, self.segments) = (old.digest, old.size, unpackedBytes, segments)
    }
}
