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
