// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import PackStorage

/// A file's bytes again, which must still be those whose digest is already written in `SHA256SUMS`.
final class ProvenSource: ByteSource {
    private let source: FileRange
    private let sink = HashingSink([])
    private let path: HostPath
    private let digest: Digest

    init(_ path: HostPath, size: Int64, digest: Digest) throws {
        source = FileRange(try HostFile.open(path, .read, followLinks: false), offset: 0, length: size)
        self.path = path
        self.digest = digest
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try Task.checkCancellation()
        let count = try source.read(into: buffer)
        guard count > 0 else {
            guard sink.digest == digest else { throw BundlerError.changedWhileWriting(path: path.text) }
            return 0
        }
        try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        return count
    }
}
