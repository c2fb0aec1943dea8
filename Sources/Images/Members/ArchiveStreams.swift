// SPDX-License-Identifier: Apache-2.0
import Archives
import BundleFormat
import HostSystem
import Synchronization

/// The bytes of an archive from any offset on. Those of a compressed one can only be had in order, so its streams are kept
/// where they stopped: packs ask for one run after the other, and no run is worth a copy of the archive on disk.
final class ArchiveStreams: Sendable {
    private let path: HostPath
    private let idle = Mutex<[Resting]>([])

    /// A stream in nobody's hands; whoever takes it out has it alone.
    private struct Resting: @unchecked Sendable {
        let stream: UnpackedStream
    }

    private let isCompressed: Bool

    /// - Throws: `SystemCallError`.
    init(_ path: HostPath) throws {
        self.path = path
        isCompressed = try ArchiveStreams.isCompressed(try HostFile.open(path, .read))
    }

    /// - Throws: `ArchiveError`, `SystemCallError`.
    func open(at offset: Int64) throws -> any ByteSource {
        guard isCompressed else { return try plain(from: offset) }
        let stream = try takeIdle(before: offset) ?? UnpackedStream(FilteredStream(try plain(from: 0)))
        try stream.skip(to: offset)
        return Lease(stream, self)
    }

    private func plain(from offset: Int64) throws -> FileRange {
        FileRange(try HostFile.open(path, .read), offset: offset)
    }

    private static func isCompressed(_ file: HostFile) throws -> Bool {
        var head = [UInt8](repeating: 0, count: CompressedBytes.headBytes)
        let count = try head.withUnsafeMutableBytes { try file.read(at: 0, into: $0) }
        return CompressedBytes.begin(head[..<count])
    }

    private func takeIdle(before offset: Int64) -> UnpackedStream? {
        idle.withLock { idle in
            let fitting = idle.indices.filter { idle[$0].stream.position <= offset }
            return fitting.max { idle[$0].stream.position < idle[$1].stream.position }.map { idle.remove(at: $0) }
        }?.stream
    }

    /// As many as there are jobs that ask; a forgotten one costs a pass.
    private func putBack(_ stream: UnpackedStream) {
        let resting = Resting(stream: stream)
        idle.withLock { if $0.count < 8 { $0.append(resting) } }
    }

    /// A stream in somebody's hands; it comes back with them.
    private final class Lease: ByteSource {
        private let stream: UnpackedStream
        private let owner: ArchiveStreams

        init(_ stream: UnpackedStream, _ owner: ArchiveStreams) {
            self.stream = stream
            self.owner = owner
        }

        func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int { try stream.read(into: buffer) }

        deinit { owner.putBack(stream) }
    }
}

/// An unpacked stream that knows how far it is.
private final class UnpackedStream: ByteSource {
    private let source: FilteredStream
    private(set) var position: Int64 = 0

    init(_ source: FilteredStream) { self.source = source }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = try source.read(into: buffer)
        position += Int64(count)
        return count
    }

    func skip(to offset: Int64) throws {
        guard position < offset else { return }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while position < offset {
            let room = Int(min(Int64(buffer.count), offset - position))
            guard try read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[..<room])) > 0 else {
                throw ImageError.damaged
            }
        }
    }
}
