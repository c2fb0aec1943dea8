// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import CArchive

/// The bytes inside of a stream in gzip, xz or zstd; a plain one passes as it is. libarchive's other filters run programs.
///
/// What a stream unpacks to is bounded by what it is: a few kilobytes that claim to be a terabyte end with an error after
/// the gigabyte that anything may be.
package final class FilteredStream: ByteSource {
    /// Any stream may unpack to this much.
    private static let freeBytes: Int64 = 1 << 30
    /// Beyond it, to this many times its own size; deflate ends at 1,032, real layers at 20.
    private static let factor: Int64 = 200

    private let reader: LibraryReader
    private let counter: Counter
    private var produced: Int64 = 0

    /// Passes bytes on and counts them.
    private final class Counter: ByteSource {
        let source: any ByteSource
        var count: Int64 = 0

        init(_ source: any ByteSource) { self.source = source }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
            let got = try source.read(into: buffer)
            count += Int64(got)
            return got
        }
    }

    /// - Throws: `ArchiveError`; what the source throws.
    package init(_ source: any ByteSource) throws {
        counter = Counter(source)
        reader = try LibraryReader(counter) { archive in
            archive_read_support_filter_gzip(archive)
            archive_read_support_filter_xz(archive)
            archive_read_support_filter_zstd(archive)
            archive_read_support_format_raw(archive)
            archive_read_support_format_empty(archive)
        }
        _ = try reader.header()
        // libarchive goes on for as long as there is a filter; runtimes unpack a layer once. The last one counts none.
        guard archive_filter_count(reader.archive) <= 2 else { throw ArchiveError.compressedTwice }
    }

    /// - Throws: `ArchiveError.expandsTooFar` and as `init` does.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try reader.data(into: buffer)
        produced += Int64(count)
        if produced > FilteredStream.freeBytes, produced / FilteredStream.factor > counter.count {
            throw ArchiveError.expandsTooFar(read: counter.count, produced: produced)
        }
        return count
    }
}
