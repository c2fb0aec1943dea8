// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import struct Crypto.HMAC
import struct Crypto.SHA256
import struct Crypto.SymmetricKey

/// HMAC-SHA256 (RFC 2104): shows that a secret changed without showing the secret. A plain hash would let anyone who
/// reads a plan try short passwords against it.
package enum KeyedHash {
    package static func digest(of bytes: SecretBytes, key: SecretBytes) -> BundleFormat.Digest {
        bytes.withBytes { digest(of: $0, key: key) }
    }

    package static func digest(of bytes: UnsafeRawBufferPointer, key: SecretBytes) -> BundleFormat.Digest {
        let code = key.withBytes { HMAC<SHA256>.authenticationCode(for: bytes, using: SymmetricKey(data: $0)) }
        guard let digest = BundleFormat.Digest(bytes: Array(code)) else {
            preconditionFailure("HMAC-SHA256 has 32 bytes")
        }
        return digest
    }
}
