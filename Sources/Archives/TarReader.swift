// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import CArchive

/// Reads the members of a tar archive that its operator chose to open: an image archive on the connected side. It never
/// sees a byte of a bundle.
///
/// Only the tar formats and the asked-for filters are compiled in: libarchive's other readers are where its faults were
/// found, and its unknown filters run programs.
package final class TarReader: ByteSource {
    package enum Filter: CaseIterable, Sendable {
        case gzip, xz, zstd
    }

    package struct Entry: Equatable, Sendable {
        package enum Kind: Equatable, Sendable {
            case file, directory
            case symlink(target: String)
            case hardLink(target: String)
            /// Devices, pipes, sockets.
            case other
        }

        /// As stored; nothing is normalised.
        package let path: String
        package let kind: Kind
        /// Bytes of data that follow.
        package let size: Int64
        /// The low twelve bits.
        package let permissions: UInt16
    }

    private let archive: OpaquePointer
    private let origin: Origin

    /// Holds source and buffer for libarchive's callback, and the error that it met.
    private final class Origin {
        let source: any ByteSource
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        var failure: (any Error)?

        init(_ source: any ByteSource) { self.source = source }

        deinit { buffer.deallocate() }
    }

    /// - Parameter filters: compressions that the archive may have; a plain one is always read.
    /// - Throws: `ArchiveError`; what the source throws.
    package init(_ source: any ByteSource, filters: Set<Filter> = []) throws {
        guard let archive = archive_read_new() else { throw ArchiveError.outOfMemory }
        self.archive = archive
        origin = Origin(source)
        archive_read_support_format_tar(archive)
        for filter in filters {
            switch filter {
            case .gzip: archive_read_support_filter_gzip(archive)
            case .xz: archive_read_support_filter_xz(archive)
            case .zstd: archive_read_support_filter_zstd(archive)
            }
        }
        let status = archive_read_open(
            archive, Unmanaged.passUnretained(origin).toOpaque(), nil,
            { _, client, result in
                guard let client, let result else { return -1 }
                let origin = Unmanaged<Origin>.fromOpaque(client).takeUnretainedValue()
                do {
                    let count = try origin.source.read(into: origin.buffer)
                    result.pointee = UnsafeRawPointer(origin.buffer.baseAddress)
                    return count
                } catch {
                    origin.failure = error
                    return -1
                }
            }, nil)
        guard status == ARCHIVE_OK else { throw failure("open") }
    }

    deinit { archive_read_free(archive) }

    /// Goes to the next member, past what was not read of the one before.
    ///
    /// - Returns: nil at the archive's end, and only there: a warning of libarchive's is an error here.
    package func next() throws -> Entry? {
        var pointer: OpaquePointer?
        switch archive_read_next_header(archive, &pointer) {
        case ARCHIVE_EOF: return nil
        case ARCHIVE_OK: break
        default: throw failure("read header")
        }
        guard let entry = pointer, let path = archive_entry_pathname(entry) else { throw failure("read header") }
        return Entry(
            path: String(cString: path), kind: kind(entry), size: archive_entry_size(entry),
            permissions: UInt16(archive_entry_perm(entry) & 0o7777))
    }

    /// Reads the current member's data; 0 means its end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
        guard count >= 0 else { throw failure("read data") }
        return count
    }

    private func kind(_ entry: OpaquePointer) -> Entry.Kind {
        if let target = archive_entry_hardlink(entry) { return .hardLink(target: String(cString: target)) }
        switch archive_entry_filetype(entry) {
        case 0o100000: return .file
        case 0o040000: return .directory
        case 0o120000: return .symlink(target: archive_entry_symlink(entry).map { String(cString: $0) } ?? "")
        default: return .other
        }
    }

    private func failure(_ operation: String) -> any Error {
        origin.failure ?? ArchiveError(operation, archive)
    }
}
