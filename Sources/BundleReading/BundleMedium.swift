// SPDX-License-Identifier: Apache-2.0
package import AgeEncryption
import BundleFormat
package import HostSystem

/// The file of a bundle on whatever it came on. One descriptor for the whole life: a stick that is changed meanwhile
/// cannot bring in another file under the same path.
///
/// One that is encrypted for the journey (format §14) is decrypted as it is read; its plaintext is nowhere but in memory. What
/// comes out is as unproven as any file: whoever knows a recipient can encrypt for them.
package final class BundleMedium {
    /// Gives the identities that may open an encrypted bundle; asked only when there is one.
    package typealias Identities = () throws -> [AgeIdentity]

    package let path: HostPath
    /// Bytes of the bundle, when it was opened; reading never goes past them. An encrypted file has more.
    package let size: Int64
    private let file: HostFile
    private let fileBytes: Int64
    /// Of an encrypted one.
    private let plain: AgeReader?
    private var bytes: any PlacedBytes { plain ?? file }

    package var isEncrypted: Bool { plain != nil }

    /// - Throws: `BundleError.notAFile` for a directory, pipe or device, `.empty`, `.encrypted` without identities;
    ///   `AgeError`; `SystemCallError`.
    package static func open(_ path: HostPath, identities: Identities? = nil) throws -> BundleMedium {
        guard let status = try FileSystem.status(FileSystem.resolve(path)), status.kind == .file else {
            throw BundleError.notAFile(path: path.text)
        }
        let file = try HostFile.open(path, .read)
        let size = try file.size()
        guard size > 0 else { throw BundleError.empty }
        var start = [UInt8](repeating: 0, count: 512)
        let count = try start.withUnsafeMutableBytes { try file.fill(at: 0, $0) }
        guard AgeHeader.begins(start[..<count]) else { return BundleMedium(path, file, size, nil) }
        guard let identities else { throw BundleError.encrypted }
        return BundleMedium(path, file, size, try AgeReader(file, fileBytes: size, identities: identities))
    }

    private init(_ path: HostPath, _ file: HostFile, _ fileBytes: Int64, _ plain: AgeReader?) {
        self.path = path
        self.file = file
        self.fileBytes = fileBytes
        self.plain = plain
        size = plain?.size ?? fileBytes
    }

    /// Fills the buffer from an offset; the caller has held the range against `size`.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws {
        do {
            guard try bytes.fill(at: offset, buffer) == buffer.count else { throw BundleError.changedWhileRead }
        } catch AgeError.changedWhileRead {
            throw BundleError.changedWhileRead
        }
    }

    /// The same open file, under the kernel's own name for it: whatever stands at the path by now.
    func reopened() throws -> any PlacedBytes {
        let again = try HostFile.open(HostPath("/proc/self/fd/\(file.descriptor)"), .read)
        return plain?.over(again) ?? again
    }

    /// - Throws: `BundleError.changedWhileRead` when it is longer now: bytes that nobody looked at.
    func checkSize() throws {
        guard try file.size() == fileBytes else { throw BundleError.changedWhileRead }
    }
}
