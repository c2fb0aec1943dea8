// SPDX-License-Identifier: Apache-2.0

/// Where bytes come from. Decoders take one and give to a `ByteSink`, so that they can run in a sandboxed child later.
package protocol ByteSource: AnyObject {
    /// Reads up to the buffer's size. 0 means the clean end and nothing else; every fault is thrown.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

/// Where bytes go.
package protocol ByteSink: AnyObject {
    /// Takes all of the bytes or throws.
    func write(_ bytes: UnsafeRawBufferPointer) throws
}

/// Bytes that are read at any place of theirs. It has no position, so several may read at once.
package protocol PlacedBytes: AnyObject {
    /// Reads up to the buffer's size from an offset; 0 means past the end.
    func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension PlacedBytes {
    /// Reads from an offset until the buffer is full or the end is met.
    /// - Returns: how many bytes there were.
    package func fill(at offset: Int64, _ buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        var filled = 0
        while filled < buffer.count {
            let rest = UnsafeMutableRawBufferPointer(rebasing: buffer[filled...])
            let count = try read(at: offset + Int64(filled), into: rest)
            guard count > 0 else { break }
            filled += count
        }
        return filled
    }
}
