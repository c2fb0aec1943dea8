// SPDX-License-Identifier: Apache-2.0

/// The limits that are part of the format (format §3). A bundle past one of them is malformed, whoever signed it.
package enum Limits {
    package static let readmeBytes = 4096
    package static let signatures = 16
    package static let signatureBytes = 1024
    /// The signature area, headers and reserve included: signing never moves another byte.
    package static let signatureAreaBytes = 32 * 1024
    /// Signed whole by Ed25519, which needs the message in memory; decision 0002 says why it is not 256 MiB.
    package static let checksumListBytes = 16 << 20
    package static let manifestBytes = 4 << 20
    package static let fileListBytes = 256 << 20
    package static let packIndexBytes = 256 << 20
    package static let packUnpackedBytes = 64 << 20
    /// A pack that does not compress may grow a little: LZMA2 adds 3 bytes to 64 KiB, zstd 3 to 128 KiB.
    package static let packStoredBytes = packUnpackedBytes + (1 << 20)
    package static let trustRootBytes = 64 << 10
    /// All members below `trust/` together: they are held in memory before anything is proven.
    package static let trustBytes = 4 << 20
    package static let files = 1_000_000
    package static let contents = 1_100_000
    package static let ranges = 16_000_000
    /// Releases that a delta was made against.
    package static let bases = 64
    package static let memberPathBytes = 100
    package static let releasePathBytes = 1024
    package static let releasePathDepth = 32
    package static let jsonDepth = 32
}
