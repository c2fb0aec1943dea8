// SPDX-License-Identifier: Apache-2.0

/// How streams begin that are compressed already.
package enum CompressedBytes {
    /// No more of a stream is looked at.
    package static let headBytes = 6

    /// gzip (RFC 1952), xz, zstd (RFC 8878).
    private static let magics: [[UInt8]] = [
        [0x1f, 0x8b], [0xfd, 0x37, 0x7a, 0x58, 0x5a, 0], [0x28, 0xb5, 0x2f, 0xfd],
    ]

    package static func begin(_ head: some Sequence<UInt8>) -> Bool { magics.contains { head.starts(with: $0) } }
}
