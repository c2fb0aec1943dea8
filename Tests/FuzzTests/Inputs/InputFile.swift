// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
package import HostSystem

/// The input as a file, for what opens one: in memory, the same one each time.
package enum InputFile {
    private static let path = "/dev/shm/bundle-fuzz-\(getpid())"
    private static let descriptor: CInt = {
        let opened = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard opened >= 0 else { fatalError("cannot create \(path)") }
        atexit { unlink(InputFile.path) }
        return opened
    }()

    package static func holding(_ bytes: [UInt8]) -> HostPath {
        guard ftruncate(descriptor, 0) == 0, pwrite(descriptor, bytes, bytes.count, 0) == bytes.count else {
            fatalError("cannot write \(path)")
        }
        return HostPath(path)
    }
}

/// The input as a stream, given in small pieces so that nothing depends on how much comes at once.
package final class InputStream: ByteSource {
    private var rest: ArraySlice<UInt8>

    package init(_ bytes: [UInt8]) { rest = bytes[...] }

    package func read(into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        let count = min(buffer.count, rest.count, 1000)
        buffer.copyBytes(from: rest.prefix(count))
        rest.removeFirst(count)
        return count
    }
}

/// The input at any place.
package final class InputBytes: PlacedBytes {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws -> Int {
        guard offset >= 0, offset < Int64(bytes.count) else { return 0 }
        let found = bytes[Int(offset)...].prefix(buffer.count)
        buffer.copyBytes(from: found)
        return found.count
    }
}

/// Takes what comes and counts it.
package final class CountingSink: ByteSink {
    package private(set) var count = 0

    package init() {}

    package func write(_ bytes: UnsafeRawBufferPointer) throws { count += bytes.count }
}
