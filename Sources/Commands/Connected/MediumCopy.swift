// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Glibc
import HostSystem

/// Puts files onto a medium so that an interrupted copy goes on where it was, and no name stands for half a file.
struct MediumCopy {
    let directory: HostPath
    private let progress: (Int64) -> Void
    private static let pieceBytes = 1 << 20

    /// A file to be there, and what it takes.
    enum Source {
        case bytes([UInt8])
        case file(HostPath)

        func size() throws -> Int64 {
            switch self {
            case .bytes(let bytes): Int64(bytes.count)
            case .file(let path): try HostFile.openRegular(path).size()
            }
        }
    }

    /// - Parameter progress: told of bytes that are on the medium.
    /// - Throws: `CopyError.noDirectory`: a stick that is not mounted is not made.
    init(to directory: HostPath, progress: @escaping (Int64) -> Void) throws {
        guard let real = try? FileSystem.resolve(directory), try FileSystem.status(real)?.kind == .directory else {
            throw CopyError.noDirectory(directory)
        }
        self.directory = directory
        self.progress = progress
    }

    /// Before a byte is written: what is to come fits beside what is there.
    func demandRoom(for bytes: Int64, names: [String]) throws {
        let there = names.reduce(Int64(0)) { sum, name in
            let sizes = [directory / name, partial(name)].map { ((try? FileSystem.status($0)) ?? nil)?.size ?? 0 }
            return sum + (sizes.max() ?? 0)
        }
        let free = try FileSystem.volume(directory).freeBytes
        guard bytes - there <= free else { throw CopyError.noRoom(directory, needed: bytes - there, free: free) }
    }

    /// Makes sure that the file is there, whole and synced, and that nothing of it is cached.
    func put(_ name: String, _ source: Source, executable: Bool = false) throws {
        let target = directory / name
        switch source {
        case .bytes(let bytes):
            try place(name, size: Int64(bytes.count)) { offset, buffer in
                buffer.copyBytes(from: bytes[Int(offset)..<Int(offset) + buffer.count])
            }
        case .file(let path):
            let file = try HostFile.openRegular(path)
            try place(name, size: file.size()) { offset, buffer in
                guard try file.fill(at: offset, buffer) == buffer.count else { throw CopyError.changed(path) }
            }
        }
        // Most sticks know no modes.
        if executable { try? FileSystem.setPermissions(target, 0o755) }
    }

    /// Holds what the medium gives back against the source.
    func prove(_ name: String, _ source: Source) throws {
        let file = try HostFile.openRegular(directory / name, followLinks: false)
        try file.forgetCached()
        let expected: Digest
        switch source {
        case .bytes(let bytes): expected = .ofBytes(bytes)
        case .file(let path): expected = try .of(HostFile.openRegular(path))
        }
        guard try Digest.of(file) == expected else { throw CopyError.notReadBack(directory / name) }
    }

    private func partial(_ name: String) -> HostPath { directory / "\(FileSystem.temporaryPrefix)copy-\(name)" }

    private typealias Reading = (_ offset: Int64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Void

    private func place(_ name: String, size: Int64, _ read: Reading) throws {
        let target = directory / name
        if try FileSystem.status(target)?.kind == .file {
            let there = try HostFile.openRegular(target, followLinks: false)
            if try there.size() == size, try common(there, size, read) == size {
                try there.forgetCached()
                return progress(size)
            }
        }
        let file = try HostFile.open(partial(name), .update(permissions: 0o644), followLinks: false)
        // What an interrupted copy left counts as far as the medium gives it back right.
        var offset = try common(file, size, read)
        try file.truncate(to: offset)
        progress(offset)
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: MediumCopy.pieceBytes, alignment: 4096)
        defer { buffer.deallocate() }
        while offset < size {
            try Task.checkCancellation()
            let piece = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(size - offset, Int64(buffer.count)))])
            try read(offset, piece)
            do {
                try file.write(UnsafeRawBufferPointer(piece), at: offset)
            } catch let fault as SystemCallError where fault.code == EFBIG {
                throw CopyError.tooLarge(target, bytes: size)
            }
            offset += Int64(piece.count)
            progress(Int64(piece.count))
        }
        try file.sync()
        try FileSystem.rename(partial(name), to: target)
        try FileSystem.syncDirectory(directory)
        try file.forgetCached()
    }

    /// How many whole pieces at the beginning the medium has as the source has them.
    private func common(_ file: HostFile, _ size: Int64, _ read: Reading) throws -> Int64 {
        try file.forgetCached()
        let theirs = UnsafeMutableRawBufferPointer.allocate(byteCount: MediumCopy.pieceBytes, alignment: 4096)
        let ours = UnsafeMutableRawBufferPointer.allocate(byteCount: MediumCopy.pieceBytes, alignment: 4096)
        defer {
            theirs.deallocate()
            ours.deallocate()
        }
        var offset: Int64 = 0
        while offset < size {
            try Task.checkCancellation()
            let count = Int(min(size - offset, Int64(MediumCopy.pieceBytes)))
            let piece = UnsafeMutableRawBufferPointer(rebasing: theirs[..<count])
            // A piece that cannot be read is written again.
            guard (try? file.fill(at: offset, piece)) == count else { break }
            let same = UnsafeMutableRawBufferPointer(rebasing: ours[..<count])
            try read(offset, same)
            guard let left = piece.baseAddress, let right = same.baseAddress, memcmp(left, right, count) == 0 else {
                break
            }
            offset += Int64(count)
        }
        return offset
    }
}

/// Why a medium has no good copy.
enum CopyError: Error, Equatable {
    case noDirectory(HostPath)
    case noRoom(HostPath, needed: Int64, free: Int64)
    case tooLarge(HostPath, bytes: Int64)
    case changed(HostPath)
    case notReadBack(HostPath)
    case program(HostPath)
    /// There is no `par2` here.
    case noParityProgram
    /// It made no parity files; its own words.
    case parityFailed(String)
    /// It could not be kept from the rest of the machine, and was not run.
    case notConfined(String)
    /// Nothing to mend by lies beside it.
    case noParity(HostPath)
    /// The bundle, or the list of its parts, is not there.
    case lost(name: String)
    case severalParities(HostPath, names: [String])
    case noRoomToMend(HostPath, needed: Int64, free: Int64)
}
