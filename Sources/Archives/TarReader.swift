// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import CArchive

/// Reads the members of a tar archive that its operator chose to open: an image archive on the connected side. It never
/// sees a byte of a bundle.
///
/// Only the tar formats are asked for: libarchive's other readers are where its faults were found.
package final class TarReader: ByteSource {
    package struct Entry: Equatable, Sendable {
        package enum Kind: Equatable, Sendable {
            case file, directory
            case symlink(target: String)
            case hardLink(target: String)
            /// Devices, pipes, sockets, files with holes.
            case other
        }

        /// As stored; nothing is normalised.
        package let path: String
        package let kind: Kind
        /// Bytes of data that follow.
        package let size: Int64
        /// Where they begin in the unpacked archive.
        package let offset: Int64
        /// The low twelve bits.
        package let permissions: UInt16
    }

    private let reader: LibraryReader
    private let isLenient: Bool

    /// - Parameters:
    ///   - source: a plain archive; a compressed one comes through `FilteredStream`.
    ///   - isLenient: goes on where libarchive only warns, as it does of names that are not ASCII: a container runtime
    ///     will unpack them.
    /// - Throws: `ArchiveError`; what the source throws.
    package init(_ source: any ByteSource, isLenient: Bool = false) throws {
        self.isLenient = isLenient
        reader = try LibraryReader(source) { archive_read_support_format_tar($0) }
    }

    /// Goes to the next member, past what was not read of the one before.
    ///
    /// - Returns: nil at the archive's end, and only there.
    package func next() throws -> Entry? {
        guard let entry = try reader.header(isLenient: isLenient) else { return nil }
        guard let path = archive_entry_pathname(entry) else { throw reader.failure("read header") }
        // Extended headers may say any size, and libarchive takes it (SCHILY.realsize, GNU.sparse.size).
        guard archive_entry_size(entry) >= 0 else { throw ArchiveError.negativeSize }
        return Entry(
            path: String(cString: path), kind: kind(entry), size: archive_entry_size(entry),
            offset: archive_filter_bytes(reader.archive, 0), permissions: UInt16(archive_entry_perm(entry) & 0o7777))
    }

    /// Reads the current member's data; 0 means its end.
    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { try reader.data(into: buffer) }

    private func kind(_ entry: OpaquePointer) -> Entry.Kind {
        if let target = archive_entry_hardlink(entry) { return .hardLink(target: String(cString: target)) }
        // Its bytes are not one run of the archive.
        if archive_entry_sparse_count(entry) > 0 { return .other }
        switch archive_entry_filetype(entry) {
        case 0o100000: return .file
        case 0o040000: return .directory
        case 0o120000: return .symlink(target: archive_entry_symlink(entry).map { String(cString: $0) } ?? "")
        default: return .other
        }
    }
}
