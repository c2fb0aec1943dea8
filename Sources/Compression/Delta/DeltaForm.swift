// SPDX-License-Identifier: Apache-2.0

/// The limits of packs of the codec `delta` (format §17). Their numbers are little-endian.
package enum DeltaForm {
    package static let segmentHeadBytes = 48
    package static let maximumSegments = 64
    package static let maximumSegmentBytes = 16 << 20
    package static let maximumWindowBytes = 16 << 20
    static let maximumCopies = 1 << 18
    /// Three numbers of at most five bytes.
    static let maximumCopyBytes = 15
}
