// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography

/// Takes a content once and says what there is to pack.
package struct ContentHasher {
    private var whole = SHA256Hasher()
    private var run = SHA256Hasher()
    private var runs: [Digest] = []
    private var size: Int64 = 0

    package init() {}

    package mutating func update(_ bytes: UnsafeRawBufferPointer) {
        var rest = bytes[...]
        while !rest.isEmpty {
            let room = PackPlan.maximumBytes - size % PackPlan.maximumBytes
            let part = UnsafeRawBufferPointer(rebasing: rest.prefix(Int(min(Int64(rest.count), room))))
            rest = rest.dropFirst(part.count)
            whole.update(part)
            // The first run is the whole so far: most contents are hashed once, not twice.
            if size >= PackPlan.maximumBytes { run.update(part) }
            size += Int64(part.count)
            if size % PackPlan.maximumBytes == 0 {
                runs.append(size == PackPlan.maximumBytes ? whole.finalize() : run.finalize())
                run = SHA256Hasher()
            }
        }
    }

    package func content(kind: PackContent.Kind, path: String) -> PackContent {
        let digest = whole.finalize()
        var runs = runs
        if size % PackPlan.maximumBytes != 0 { runs.append(size < PackPlan.maximumBytes ? digest : run.finalize()) }
        return PackContent(digest: digest, size: size, kind: kind, path: path, runs: runs)
    }

    /// - Throws: what the source throws; `CancellationError` in a cancelled task.
    package static func content(of source: any ByteSource, kind: PackContent.Kind, path: String) throws -> PackContent {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { buffer.deallocate() }
        var hasher = ContentHasher()
        while true {
            try Task.checkCancellation()
            let count = try source.read(into: buffer)
            if count == 0 { return hasher.content(kind: kind, path: path) }
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}
