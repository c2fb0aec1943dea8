// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography

/// The bytes of one pack before compression: its slices one after the other, each proven to be what was collected.
final class SliceReader: ByteSource {
    private var waiting: ArraySlice<PackPlan.Slice>
    private let open: (PackPlan.Slice) throws -> any ByteSource
    private let path: (Digest) -> String
    private var source: (any ByteSource)?
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
        let source = try current(slice)
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(Int64(buffer.count), left))])
        let count = try source.read(into: part)
        guard count > 0 else { throw PackError.sourceChanged(path: path(slice.content)) }
        hasher.update(UnsafeRawBufferPointer(rebasing: part[..<count]))
        left -= Int64(count)
        if left == 0 {
            guard hasher.finalize() == slice.digest else { throw PackError.sourceChanged(path: path(slice.content)) }
            self.source = nil
            waiting.removeFirst()
        }
        return count
    }

    private func current(_ slice: PackPlan.Slice) throws -> any ByteSource {
        if let source { return source }
        let opened = try open(slice)
        source = opened
        left = slice.length
        hasher = SHA256Hasher()
        return opened
    }
}
