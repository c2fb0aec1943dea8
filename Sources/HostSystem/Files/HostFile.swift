// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import CLinux
import Glibc

/// One open file. It owns its descriptor and closes it at the end of its life; it is used by one task at a time.
package final class HostFile: ByteSource, ByteSink, PlacedBytes {
    package enum Mode {
        /// Must exist; never follows a link in its last component unless `followLinks`.
        case read
        /// Must not exist (O_EXCL); created with these permissions whatever the umask.
        case create(permissions: UInt16)
        /// Must exist; for changing bytes in place.
        case change
        /// Created if absent; every write goes to its end.
        case append(permissions: UInt16)
        /// Created if absent; read and written from its beginning.
        case update(permissions: UInt16)
    }

    package let path: HostPath
    package let descriptor: Int32

    /// Takes the descriptor over.
    init(path: HostPath, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    /// Opens with O_CLOEXEC.
    package static func open(_ path: HostPath, _ mode: Mode, followLinks: Bool = true) throws(SystemCallError)
        -> HostFile
    {
        var flags = O_CLOEXEC
        if !followLinks { flags |= O_NOFOLLOW }
        var permissions: mode_t = 0
        switch mode {
        case .read: flags |= O_RDONLY
        case .change: flags |= O_RDWR
        case .create(let bits):
            flags |= O_WRONLY | O_CREAT | O_EXCL
            permissions = mode_t(bits)
        case .append(let bits):
            flags |= O_RDWR | O_CREAT | O_APPEND
            permissions = mode_t(bits)
        case .update(let bits):
            flags |= O_RDWR | O_CREAT
            permissions = mode_t(bits)
        }
        let descriptor = Glibc.open(path.text, flags, permissions)
        guard descriptor >= 0 else { throw SystemCallError(call: "open", path: path.text, code: errno) }
        let file = HostFile(path: path, descriptor: descriptor)
        if case .create = mode, fchmod(descriptor, permissions) != 0 {
            throw SystemCallError(call: "fchmod", path: path.text, code: errno)
        }
        return file
    }

    /// The size in bytes now.
    package func size() throws(SystemCallError) -> Int64 {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else {
            throw SystemCallError(call: "fstat", path: path.text, code: errno)
        }
        return Int64(status.st_size)
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Glibc.read(descriptor, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw SystemCallError(call: "read", path: path.text, code: errno) }
        }
    }

    /// Reads at an offset without moving the file's own; 0 means past the end.
    package func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = pread(descriptor, buffer.baseAddress, buffer.count, off_t(offset))
            if count >= 0 { return count }
            guard errno == EINTR else { throw SystemCallError(call: "pread", path: path.text, code: errno) }
        }
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw SystemCallError(call: "write", path: path.text, code: errno)
            }
        }
    }

    /// Reads from where it stands to its end.
    /// - Throws: EFBIG when there are more than `limit` bytes.
    package func readToEnd(limit: Int) throws -> [UInt8] {
        // What is read may be a secret: no copies are left behind by growing, nor in the buffer.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(limit, Int(clamping: (try? size()) ?? 0)))
        var buffer = [UInt8](repeating: 0, count: 64 * 1024)
        defer { buffer.withUnsafeMutableBytes { if let start = $0.baseAddress { explicit_bzero(start, $0.count) } } }
        while true {
            let count = try buffer.withUnsafeMutableBytes { try read(into: $0) }
            if count == 0 { return bytes }
            guard bytes.count + count <= limit else {
                throw SystemCallError(call: "read", path: path.text, code: EFBIG)
            }
            bytes.append(contentsOf: buffer[..<count])
        }
    }

    /// fchown(2).
    package func setOwner(_ owner: FileOwner) throws(SystemCallError) {
        guard fchown(descriptor, owner.user, owner.group) == 0 else {
            throw SystemCallError(call: "fchown", path: path.text, code: errno)
        }
    }

    /// ftruncate(2).
    package func truncate(to size: Int64) throws(SystemCallError) {
        guard ftruncate(descriptor, off_t(size)) == 0 else {
            throw SystemCallError(call: "ftruncate", path: path.text, code: errno)
        }
    }

    /// posix_fadvise(3): drops what the kernel keeps of its content, so that the next read asks the medium. Sync first.
    package func forgetCached() throws(SystemCallError) {
        let code = posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED)
        guard code == 0 else { throw SystemCallError(call: "posix_fadvise", path: path.text, code: code) }
    }

    /// fallocate(2), the size kept: takes this much room of the disk. A file system that cannot reserves nothing.
    package func reserve(_ bytes: Int64) throws(SystemCallError) {
        guard bundle_reserve(descriptor, off_t(bytes)) != 0, errno != EOPNOTSUPP else { return }
        throw SystemCallError(call: "fallocate", path: path.text, code: errno)
    }

    /// flock(2), exclusive: waits for its turn; the kernel drops the lock when this object goes or the process dies.
    package func waitForLock() throws(SystemCallError) {
        while flock(descriptor, LOCK_EX) != 0 {
            guard errno == EINTR else { throw SystemCallError(call: "flock", path: path.text, code: errno) }
        }
    }

    /// fsync(2). A fault here means that earlier writes may be lost: callers abort, they never try again.
    package func sync() throws(SystemCallError) {
        guard fsync(descriptor) == 0 else { throw SystemCallError(call: "fsync", path: path.text, code: errno) }
    }
}

extension HostFile {
    package func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }
    package func write(_ bytes: [UInt8], at offset: Int64) throws {
        try bytes.withUnsafeBytes { try write($0, at: offset) }
    }

    /// Writes all of it at an offset without moving the file's own.
    package func write(_ bytes: UnsafeRawBufferPointer, at offset: Int64) throws {
        var written = 0
        while written < bytes.count {
            let count = pwrite(
                descriptor, bytes.baseAddress.map { $0 + written }, bytes.count - written,
                off_t(offset) + off_t(written))
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw SystemCallError(call: "pwrite", path: path.text, code: errno)
            }
        }
    }

    package func write(_ text: String) throws { try write(Array(text.utf8)) }
}
