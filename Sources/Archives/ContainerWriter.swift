// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import CArchive

/// Writes the outer container: an uncompressed ustar archive (format §4), streamed to a sink.
///
/// The headers are libarchive's; `BundleFormat.MemberHeader` states the same 512 bytes, and a test holds the two
/// together. Every member is a regular file of mode 0644 with owner, group and time 0, so the same members give the same
/// bytes anywhere.
package final class ContainerWriter {
    private let archive: OpaquePointer
    private let target: Target
    private var member: (header: MemberHeader, given: Int64)?
    /// Bytes given to the sink so far.
    package var position: Int64 { target.position }

    /// Holds the sink for libarchive's callbacks, and the error that one of them met.
    private final class Target {
        let sink: any ByteSink
        var position: Int64 = 0
        var failure: (any Error)?

        init(_ sink: any ByteSink) { self.sink = sink }
    }

    package init(to sink: any ByteSink) throws {
        guard let archive = archive_write_new() else { throw ArchiveError.outOfMemory }
        self.archive = archive
        target = Target(sink)
        // No blocking: the file ends behind the two zero blocks (format §4.4), not at a multiple of 10 KiB.
        guard archive_write_set_format_ustar(archive) == ARCHIVE_OK,
            archive_write_add_filter_none(archive) == ARCHIVE_OK,
            archive_write_set_bytes_per_block(archive, 0) == ARCHIVE_OK
        else { throw ArchiveError("set up", archive) }
        let status = archive_write_open(
            archive, Unmanaged.passUnretained(target).toOpaque(), nil,
            { _, client, buffer, length in
                guard let client, let buffer else { return -1 }
                let target = Unmanaged<Target>.fromOpaque(client).takeUnretainedValue()
                do {
                    try target.sink.write(UnsafeRawBufferPointer(start: buffer, count: length))
                    target.position += Int64(length)
                    return length
                } catch {
                    target.failure = error
                    return -1
                }
            }, nil)
        guard status == ARCHIVE_OK else { throw failure("open") }
    }

    /// A writer that was not finished leaves a file without end marker behind: no reader takes it.
    deinit {
        archive_write_fail(archive)
        archive_write_free(archive)
    }

    /// Begins a member; exactly `size` bytes must follow through `write`, then `end`.
    package func begin(_ name: MemberName, size: Int64) throws {
        try end()
        let header = try MemberHeader(name: name.description, size: size)
        guard let entry = archive_entry_new() else { throw ArchiveError.outOfMemory }
        defer { archive_entry_free(entry) }
        archive_entry_set_pathname(entry, header.name)
        archive_entry_set_size(entry, size)
        archive_entry_set_filetype(entry, 0o100000)  // AE_IFREG
        archive_entry_set_perm(entry, 0o644)
        archive_entry_set_uid(entry, 0)
        archive_entry_set_gid(entry, 0)
        archive_entry_set_mtime(entry, 0, 0)
        // Anything but OK is refused: a warning means that another header than the wanted one was written.
        guard archive_write_header(archive, entry) == ARCHIVE_OK else { throw failure("write header of \(name)") }
        member = (header, 0)
    }

    /// Gives the member's next bytes.
    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        guard let (header, given) = member, given + Int64(bytes.count) <= header.size else {
            throw ArchiveError.wrongMemberSize(
                name: member?.header.name ?? "", declared: member?.header.size ?? 0,
                given: (member?.given ?? 0) + Int64(bytes.count))
        }
        var rest = bytes
        while !rest.isEmpty {
            let count = archive_write_data(archive, rest.baseAddress, rest.count)
            guard count > 0 else { throw failure("write \(header.name)") }
            rest = UnsafeRawBufferPointer(rebasing: rest[Int(count)...])
        }
        member = (header, given + Int64(bytes.count))
    }

    /// Ends the member, with zeros up to the next block; nothing when none is begun.
    package func end() throws {
        guard let (header, given) = member else { return }
        guard given == header.size else {
            throw ArchiveError.wrongMemberSize(name: header.name, declared: header.size, given: given)
        }
        member = nil
        guard archive_write_finish_entry(archive) == ARCHIVE_OK else { throw failure("end \(header.name)") }
    }

    /// Ends the archive with its two zero blocks. Nothing may be written afterwards.
    package func finish() throws {
        try end()
        guard archive_write_close(archive) == ARCHIVE_OK else { throw failure("finish") }
    }

    private func failure(_ operation: String) -> any Error {
        target.failure ?? ArchiveError(operation, archive)
    }
}

extension ContainerWriter {
    /// A whole small member.
    package func add(_ name: MemberName, _ bytes: [UInt8]) throws {
        try begin(name, size: Int64(bytes.count))
        try bytes.withUnsafeBytes { try write($0) }
        try end()
    }

    /// A member streamed from a source of exactly `size` bytes, through a buffer of 256 KiB.
    package func add(_ name: MemberName, size: Int64, from source: any ByteSource) throws {
        try begin(name, size: size)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while case let count = try source.read(into: buffer), count > 0 {
            try write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        try end()
    }
}
