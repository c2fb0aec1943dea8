// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import HostSystem

/// The file of a bundle on whatever it came on. One descriptor for the whole life: a stick that is changed meanwhile
/// cannot bring in another file under the same path.
package final class BundleMedium {
    package let path: HostPath
    /// Bytes, when it was opened; reading never goes past them.
    package let size: Int64
    private let file: HostFile

    /// - Throws: `BundleError.notAFile` for a directory, pipe or device, `.empty`; `SystemCallError`.
    package static func open(_ path: HostPath) throws -> BundleMedium {
        guard let status = try FileSystem.status(FileSystem.resolve(path)), status.kind == .file else {
            throw BundleError.notAFile(path: path.text)
        }
        let file = try HostFile.open(path, .read)
        let size = try file.size()
        guard size > 0 else { throw BundleError.empty }
        return BundleMedium(path, file, size)
    }

    private init(_ path: HostPath, _ file: HostFile, _ size: Int64) {
        self.path = path
        self.file = file
        self.size = size
    }

    /// Fills the buffer from an offset; the caller has held the range against `size`.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = try file.read(at: offset + Int64(filled), into: rest)
            guard count > 0 else { throw BundleError.changedWhileRead }
            filled += count
        }
    }

    /// The same open file, under the kernel's own name for it: whatever stands at the path by now.
    func reopened() throws -> HostFile { try HostFile.open(HostPath("/proc/self/fd/\(file.descriptor)"), .read) }

    /// - Throws: `BundleError.changedWhileRead` when it is longer now: bytes that nobody looked at.
    func checkSize() throws {
        guard try file.size() == size else { throw BundleError.changedWhileRead }
    }
}
