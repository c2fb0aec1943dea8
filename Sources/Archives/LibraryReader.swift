// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import CArchive

/// libarchive as a reader of one source; which formats and filters it knows is the caller's to say.
final class LibraryReader {
    let archive: OpaquePointer
    private let origin: Origin

    /// Holds source and buffer for libarchive's callback, and the error that it met.
    private final class Origin {
        let source: any ByteSource
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        var failure: (any Error)?

        init(_ source: any ByteSource) { self.source = source }

        deinit { buffer.deallocate() }
    }

    init(_ source: any ByteSource, support: (OpaquePointer) -> Void) throws {
        guard let archive = archive_read_new() else { throw ArchiveError.outOfMemory }
        self.archive = archive
        #if COUNT_UNPROVEN
            origin = Origin(WatchedSource(source, .libarchive))
        #else
            origin = Origin(source)
        #endif
        support(archive)
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

    /// - Parameter isLenient: whether a warning of libarchive's is no error.
    /// - Returns: nil at the archive's end, and only there.
    func header(isLenient: Bool = false) throws -> OpaquePointer? {
        var pointer: OpaquePointer?
        switch archive_read_next_header(archive, &pointer) {
        case ARCHIVE_EOF: return nil
        case ARCHIVE_OK: return pointer
        case ARCHIVE_WARN where isLenient: return pointer
        default: throw failure("read header")
        }
    }

    /// 0 at the end of the member.
    func data(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
        guard count >= 0 else { throw failure("read data") }
        return count
    }

    func failure(_ operation: String) -> any Error {
        origin.failure ?? ArchiveError(operation, archive)
    }
}
