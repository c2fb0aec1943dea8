// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// A run of placed bytes as a stream. It has its own position, so several may read one file.
package final class FileRange: ByteSource {
    private let file: any PlacedBytes
    private var offset: Int64
    private var left: Int64

    package init(_ file: any PlacedBytes, offset: Int64, length: Int64 = .max) {
        self.file = file
        self.offset = offset
        left = length
    }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<Int(min(Int64(buffer.count), left))])
        guard !part.isEmpty else { return 0 }
        let count = try file.read(at: offset, into: part)
        offset += Int64(count)
        left -= Int64(count)
        return count
    }
}
