// SPDX-License-Identifier: Apache-2.0

/// Where bytes come from. Decoders take one and give to a `ByteSink`, so that they can run in a sandboxed child later.
package protocol ByteSource: AnyObject {
    /// Reads up to the buffer's size. 0 means the clean end and nothing else; every fault is thrown.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int
}

extension ByteSource {
    /// Reads `count` bytes, or fewer when the end comes first.
    package func bytes(_ count: Int) throws -> [UInt8] {
        try [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let more = try read(
                    into: UnsafeMutableRawBufferPointer(rebasing: UnsafeMutableRawBufferPointer(buffer)[filled...]))
                guard more > 0 else { break }
                filled += more
            }
        }
    }

    /// Gives all that comes to a sink, through a buffer of 256 KiB.
    package func drain(into sink: any ByteSink) throws {
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
        defer { buffer.deallocate() }
        while case let count = try read(into: buffer), count > 0 {
            try sink.write(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }
}

/// Bytes that are in memory.
package final class HeldBytes: ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let count = min(buffer.count, bytes.count - position)
        buffer.copyBytes(from: bytes[position..<position + count])
        position += count
        return count
    }
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
