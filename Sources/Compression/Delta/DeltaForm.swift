// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// The limits of packs of the codec `delta` (format §17). Their numbers are little-endian.
package enum DeltaForm {
    package static let segmentHeadBytes = 48
    package static let maximumSegments = 64
    package static let maximumSegmentBytes = 16 << 20
    package static let maximumWindowBytes = 16 << 20
    static let maximumCopies = 1 << 18
    /// Three numbers of at most five bytes.
    static let maximumCopyBytes = 15

    /// - Throws: `CompressionError.truncated` when the source ends before.
    package static func bytes(_ count: Int, from source: any ByteSource) throws -> [UInt8] {
        let bytes = try source.bytes(count)
        guard bytes.count == count else { throw CompressionError.truncated(.delta) }
        return bytes
    }
}
