// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography

/// The bytes of one pack before compression: its slices one after the other, each proven to be what was collected.
final class SliceReader: ByteSource {
    private var waiting: ArraySlice<PackPlan.Slice>
    private let open: (PackPlan.Slice) throws -> any ByteSource
    private let path: (Digest) -> String
    private var source: (any ByteSource)?
    /// Where the source goes on: slices are mostly neighbours.
    private var next: (content: Digest, offset: Int64)?
    private var left: Int64 = 0
    private var hasher = SHA256Hasher()

    init(
        _ slices: [PackPlan.Slice], path: @escaping (Digest) -> String,
        open: @escaping (PackPlan.Slice) throws -> any ByteSource
    ) {
        waiting = slices[...]
        self.path = path
        self.open = open
    }

    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        try Task.checkCancellation()
        guard let slice = waiting.first else { return 0 }
        let current = try begin(slice)
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(Int64(buffer.count), left))])
        let count = try current.read(into: part)
        guard count > 0 else { throw PackError.sourceChanged(path: path(slice.content)) }
        hasher.update(UnsafeRawBufferPointer(rebasing: part[..<count]))
        left -= Int64(count)
        if left == 0 {
            guard hasher.finalize() == slice.digest else { throw PackError.sourceChanged(path: path(slice.content)) }
            next = (slice.content, slice.offset + slice.length)
            waiting.removeFirst()
        }
        return count
    }

    /// The slice's bytes from where they were left.
    private func begin(_ slice: PackPlan.Slice) throws -> any ByteSource {
        if left > 0, let source { return source }
        left = slice.length
        hasher = SHA256Hasher()
        if let source, let next, next == (slice.content, slice.offset) { return source }
        source = nil
        let opened = try open(slice)
        source = opened
        return opened
    }
}
