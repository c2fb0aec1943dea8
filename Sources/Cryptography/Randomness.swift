// SPDX-License-Identifier: Apache-2.0
import CSodium

/// Bytes from the kernel's generator that are not secret: key ids, salts, names. For secrets: `SecretBytes.random`.
package enum Randomness {
    package static func bytes(_ count: Int) throws(CryptographyError) -> [UInt8] {
        try Sodium.start()
        var result = [UInt8](repeating: 0, count: count)
        randombytes_buf(&result, count)
        return result
    }
}
