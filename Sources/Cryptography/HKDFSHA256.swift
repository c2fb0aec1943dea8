// SPDX-License-Identifier: Apache-2.0
import CSodium

/// HKDF with SHA-256 (RFC 5869) for one block of output, 32 bytes; nothing of it outside of guarded memory but the state
/// of the hash, which is wiped.
package enum HKDFSHA256 {
    /// - Parameter salt: may be empty.
    package static func derive(from secret: SecretBytes, salt: [UInt8], info: String) throws -> SecretBytes {
        // §2.2: extract is HMAC under the salt; an empty key is the same as one of zeros.
        let extracted = try SecretBytes(count: 32) { target in
            salt.withUnsafeBytes { salt in secret.withBytes { authenticate($0, key: salt, into: target) } }
        }
        // §2.3: expand, first and only block.
        return try SecretBytes(count: 32) { target in
            extracted.withBytes { key in
                (Array(info.utf8) + [1]).withUnsafeBytes { authenticate($0, key: key, into: target) }
            }
        }
    }

    private static func authenticate(
        _ text: UnsafeRawBufferPointer, key: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer
    ) {
        guard let target = target.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        // A pointer is wanted even where there are no bytes.
        let nothing: [UInt8] = [0]
        nothing.withUnsafeBufferPointer { nothing in
            guard let none = nothing.baseAddress else { return }
            var state = crypto_auth_hmacsha256_state()
            crypto_auth_hmacsha256_init(
                &state, key.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? none, key.count)
            crypto_auth_hmacsha256_update(
                &state, text.baseAddress?.assumingMemoryBound(to: UInt8.self) ?? none, UInt64(text.count))
            crypto_auth_hmacsha256_final(&state, target)
            withUnsafeMutableBytes(of: &state) { sodium_memzero($0.baseAddress, $0.count) }
        }
    }
}
