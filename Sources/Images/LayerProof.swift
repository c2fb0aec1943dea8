// SPDX-License-Identifier: Apache-2.0
import Archives
package import BundleFormat
import Cryptography

extension OpenedImage {
    /// Whether a part is what names it.
    ///
    /// - Parameter found: the SHA-256 of its bytes, which the caller has read.
    /// - Throws: `ImageError.digestMismatch`.
    package func prove(_ part: ImagePart, found: Digest) throws {
        guard let expected = part.digest, expected != found else { return }
        throw ImageError.digestMismatch(member: part.member, expected: expected, found: found)
    }

    /// Whether a layer is what names it: its bytes by the manifest's digest, its unpacked tar by the config's.
    ///
    /// - Parameter found: the SHA-256 of its bytes, which the caller has read. One that is not compressed is not read again.
    /// - Throws: `ImageError.digestMismatch`, `.diffMismatch`, `.expandsTooFar`, `.damaged`; `SystemCallError`;
    ///   `CancellationError`.
    package func prove(_ layer: ImageLayer, found: Digest) throws {
        try prove(layer.part, found: found)
        guard found != layer.diff else { return }
        let unpacked = try OpenedImage.unpackedDigest(try open(layer.part, at: 0))
        guard unpacked == layer.diff else {
            throw ImageError.diffMismatch(member: layer.part.member, expected: layer.diff, found: unpacked)
        }
    }

    private static func unpackedDigest(_ source: any ByteSource) throws -> Digest {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var hasher = SHA256Hasher()
        do {
            let stream = try FilteredStream(source)
            while true {
                try Task.checkCancellation()
                let count = try stream.read(into: buffer)
                if count == 0 { return hasher.finalize() }
                hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
            }
        } catch let error as ArchiveError {
            if case .expandsTooFar = error { throw ImageError.expandsTooFar }
            throw ImageError.damaged
        }
    }
}
