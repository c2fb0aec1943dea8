// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography

/// Reads a content once and says what there is to pack.
package enum ContentHasher {
    private static let bufferBytes = 1 << 20

    /// - Throws: what the source throws; `CancellationError` in a cancelled task.
    package static func content(of source: any ByteSource, kind: PackContent.Kind, path: String) throws -> PackContent {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: bufferBytes, alignment: 16)
        defer { buffer.deallocate() }
        var whole = SHA256Hasher()
        var run = SHA256Hasher()
        var runs: [Digest] = []
        var size: Int64 = 0
        while true {
            try Task.checkCancellation()
            let room = PackPlan.maximumBytes - size % PackPlan.maximumBytes
            let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(Int64(bufferBytes), room))])
            let count = try source.read(into: part)
            if count == 0 { break }
            let bytes = UnsafeRawBufferPointer(rebasing: part[..<count])
            whole.update(bytes)
            // The first run is the whole so far: most contents are hashed once, not twice.
            if size >= PackPlan.maximumBytes { run.update(bytes) }
            size += Int64(count)
            if size % PackPlan.maximumBytes == 0 {
                runs.append(size == PackPlan.maximumBytes ? whole.finalize() : run.finalize())
                run = SHA256Hasher()
            }
        }
        let digest = whole.finalize()
        if size % PackPlan.maximumBytes != 0 { runs.append(size < PackPlan.maximumBytes ? digest : run.finalize()) }
        return PackContent(digest: digest, size: size, kind: kind, path: path, runs: runs)
    }
}
