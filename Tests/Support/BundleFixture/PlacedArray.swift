// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// Bytes in memory, read as a file is.
package final class PlacedArray: PlacedBytes {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let part = bytes.dropFirst(Int(min(offset, Int64(bytes.count)))).prefix(buffer.count)
        buffer.copyBytes(from: part)
        return part.count
    }
}
