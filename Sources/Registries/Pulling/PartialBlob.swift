// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem

/// A blob that is being written, hashed as it grows; what an earlier try left is hashed first. Used by one task at a time.
final class PartialBlob {
    private let file: HostFile
    private let path: HostPath
    private let target: HostPath
    private let digest: Digest
    private var hasher = SHA256Hasher()
    private(set) var size: Int64 = 0

    init(_ file: HostFile, _ path: HostPath, target: HostPath, _ digest: Digest, size expected: Int64) throws {
        self.file = file
        self.path = path
        self.target = target
        self.digest = digest
        if try file.size() > expected { try file.truncate(to: 0) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        while case let count = try file.read(at: size, into: buffer), count > 0 {
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            size += Int64(count)
        }
    }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        try file.write(bytes)
        hasher.update(bytes)
        size += Int64(bytes.count)
    }

    /// From the beginning.
    func restart() throws {
        try file.truncate(to: 0)
        hasher = SHA256Hasher()
        size = 0
    }

    /// Gives it its name if it is what that says.
    /// - Returns: what it is; the name was given when that is the digest. Another one is emptied.
    func finish() throws -> Digest {
        let found = hasher.finalize()
        guard found == digest else {
            try restart()
            return found
        }
        try file.sync()
        try FileSystem.setPermissions(path, 0o644)
        try FileSystem.rename(path, to: target)
        return found
    }
}
