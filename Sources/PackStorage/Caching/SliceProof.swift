// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Compression
import Cryptography

/// Takes the unpacked bytes of a pack and proves that they are its slices, all of them and nothing else.
final class SliceProof: ByteSink {
    private var waiting: ArraySlice<PackPlan.Slice>
    private var hasher = SHA256Hasher()
    /// Of the first that waits.
    private var taken: Int64 = 0

    private let total: Int64

    init(_ slices: [PackPlan.Slice]) {
        waiting = slices[...]
        total = slices.reduce(0) { $0 + $1.length }
    }

    private var missing: Int64 { waiting.reduce(0) { $0 + $1.length } - taken }

    func write(_ bytes: UnsafeRawBufferPointer) throws {
        var rest = bytes
        while !rest.isEmpty {
            guard let slice = waiting.first else { throw CompressionError.tooLong(declared: total) }
            let count = Int(min(Int64(rest.count), slice.length - taken))
            hasher.update(UnsafeRawBufferPointer(rebasing: rest[..<count]))
            taken += Int64(count)
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
            guard taken == slice.length else { continue }
            let found = hasher.finalize()
            guard found == slice.digest else {
                throw PackError.wrongContent(slice.digest, found: found, feeds: [])
            }
            waiting.removeFirst()
            hasher = SHA256Hasher()
            taken = 0
        }
    }

    func finish() throws {
        guard waiting.isEmpty else { throw CompressionError.tooShort(declared: total, found: total - missing) }
    }
}
