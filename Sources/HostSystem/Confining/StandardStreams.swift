// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc

/// The standard input and output of a confined process: read(2) from 0 and write(2) to 1, the only calls that reach the machine.
package final class StandardStreams: ByteSource, ByteSink {
    package init() {}

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        while true {
            let count = Glibc.read(STDIN_FILENO, buffer.baseAddress, buffer.count)
            if count >= 0 { return count }
            guard errno == EINTR else { throw SystemCallError(call: "read", path: "", code: errno) }
        }
    }

    package func write(_ bytes: UnsafeRawBufferPointer) throws {
        var written = 0
        while written < bytes.count {
            let rest = UnsafeRawBufferPointer(rebasing: bytes[written...])
            let count = Glibc.write(STDOUT_FILENO, rest.baseAddress, rest.count)
            if count >= 0 { written += count }
            if count < 0, errno != EINTR { throw SystemCallError(call: "write", path: "", code: errno) }
        }
    }

    package func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes { try write($0) } }

    /// Exactly this many bytes, or nil at the end.
    package func read(exactly count: Int) throws -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        var filled = 0
        while filled < count {
            let more = try bytes.withUnsafeMutableBytes {
                try read(into: UnsafeMutableRawBufferPointer(rebasing: $0[filled...]))
            }
            guard more > 0 else { return nil }
            filled += more
        }
        return bytes
    }
}
