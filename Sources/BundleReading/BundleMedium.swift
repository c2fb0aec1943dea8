// SPDX-License-Identifier: Apache-2.0
package import AgeEncryption
import BundleFormat
package import HostSystem

/// The file of a bundle, or the parts of one, on whatever it came on. Of a file one descriptor for the whole life: a stick that is changed meanwhile
/// cannot bring in another file under the same path.
///
/// One that is encrypted for the journey (format §14) is decrypted as it is read; its plaintext is nowhere but in memory. What
/// comes out is as unproven as any file: whoever knows a recipient can encrypt for them.
package final class BundleMedium {
    /// Gives the identities that may open an encrypted bundle; asked only when there is one.
    package typealias Identities = () throws -> [AgeIdentity]

    package let path: HostPath
    /// Bytes of the bundle, when it was opened; reading never goes past them. An encrypted file has more. Of parts that are
    /// waited for it is the most that there can be, until the last one is there.
    package var size: Int64 { plain?.size ?? source.size }
    private let source: Source
    /// Of an encrypted one.
    private let plain: AgeReader?
    private var bytes: any PlacedBytes { plain ?? source.bytes }

    /// One file, or the parts of one (format §16).
    private enum Source {
        case file(HostFile, size: Int64)
        case parts(PartedFile)

        var bytes: any PlacedBytes {
            switch self {
            case .file(let file, _): file
            case .parts(let parts): parts
            }
        }

        var size: Int64 {
            switch self {
            case .file(_, let size): size
            case .parts(let parts): parts.size
            }
        }
    }

    var parts: PartedFile? { if case .parts(let parts) = source { parts } else { nil } }

    package var isEncrypted: Bool { plain != nil }

    /// - Parameter search: how a directory, a part or a list of parts leads to a bundle; without it only a file is taken.
    /// - Throws: `BundleError.notAFile` for a directory, pipe or device, `.empty`, `.encrypted` without identities;
    ///   `PartError`; `AgeError`; `SystemCallError`.
    package static func open(_ path: HostPath, identities: Identities? = nil, search: PartSearch? = nil) throws
        -> BundleMedium
    {
        switch try search?.find(path) {
        case .parts(let list, let search)?:
            return try open(list, .parts(try PartedFile(list: list, search: search)), identities)
        case .file(let file)?: return try open(file: file, identities)
        case nil: return try open(file: path, identities)
        }
    }

    private static func open(file path: HostPath, _ identities: Identities?) throws -> BundleMedium {
        guard let status = try FileSystem.status(FileSystem.resolve(path)), status.kind == .file else {
            throw BundleError.notAFile(path: path.text)
        }
        let file = try HostFile.open(path, .read)
        let size = try file.size()
        guard size > 0 else { throw BundleError.empty }
        return try open(path, .file(file, size: size), identities)
    }

    private static func open(_ path: HostPath, _ source: Source, _ identities: Identities?) throws -> BundleMedium {
        var start = [UInt8](repeating: 0, count: 512)
        let count = try start.withUnsafeMutableBytes { try source.bytes.fill(at: 0, $0) }
        guard AgeHeader.begins(start[..<count]) else { return BundleMedium(path, source, nil) }
        guard let identities else { throw BundleError.encrypted }
        // Its last chunk is opened first: whether a file was cut must be known before anything of it is believed.
        let medium = BundleMedium(path, source, nil)
        return try medium.locating {
            let size = try medium.parts?.exactSize() ?? source.size
            return BundleMedium(path, source, try AgeReader(source.bytes, fileBytes: size, identities: identities))
        }
    }

    private init(_ path: HostPath, _ source: Source, _ plain: AgeReader?) {
        self.path = path
        self.source = source
        self.plain = plain
    }

    /// Fills the buffer from an offset; the caller has held the range against `size`.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws {
        do {
            guard try bytes.fill(at: offset, buffer) == buffer.count else {
                // The last part was waited for, and is shorter than it could have been.
                guard parts == nil || offset + Int64(buffer.count) <= size else {
                    throw BundleError.truncated(member: nil, offset: size, fileBytes: size)
                }
                throw BundleError.changedWhileRead
            }
        } catch AgeError.changedWhileRead {
            throw BundleError.changedWhileRead
        }
    }

    /// The same open file, under the kernel's own name for it: whatever stands at the path by now.
    func reopened() throws -> any PlacedBytes {
        guard case .file(let file, _) = source else { return bytes }
        let again = try HostFile.open(HostPath("/proc/self/fd/\(file.descriptor)"), .read)
        return plain?.over(again) ?? again
    }

    /// - Throws: `BundleError.changedWhileRead` when it is longer now: bytes that nobody looked at.
    func checkSize() throws {
        switch source {
        case .file(let file, let size):
            guard try file.size() == size else { throw BundleError.changedWhileRead }
        case .parts(let parts): try parts.checkSizes()
        }
    }
}
