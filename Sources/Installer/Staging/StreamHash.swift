// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
package import HostSystem

/// Hashes files through one buffer, however large they are.
final class StreamHash {
    private let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)

    deinit { buffer.deallocate() }

    func digest(of file: HostFile) throws -> Digest {
        var hasher = SHA256Hasher()
        while case let count = try file.read(into: buffer), count > 0 {
            hasher.update(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
        return hasher.finalize()
    }
}

extension HostAudit {
    package static func digest(ofFile path: HostPath) throws -> Digest {
        try StreamHash().digest(of: HostFile.openRegular(path))
    }
}
