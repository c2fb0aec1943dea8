// SPDX-License-Identifier: Apache-2.0
import CSodium

/// A key pair (RFC 8032 §5.1.5): the seed is the secret, everything else follows from it.
package struct Ed25519PrivateKey: Sendable {
    /// libsodium's layout, which is minisign's too: seed of 32 bytes, then the public key of 32.
    package let secret: SecretBytes
    package let publicKey: Ed25519PublicKey

    /// - Parameter seed: 32 random bytes.
    package init(seed: SecretBytes) throws {
        guard seed.count == 32 else { throw CryptographyError.badSeed }
        var publicBytes = [UInt8](repeating: 0, count: 32)
        secret = try SecretBytes(
            count: 64,
            writing: { pair in
                _ = seed.withPointer { crypto_sign_ed25519_seed_keypair(&publicBytes, pair, $0) }
            })
        publicKey = try Ed25519PublicKey(bytes: publicBytes)
    }

    package static func generate() throws -> Ed25519PrivateKey {
        try Ed25519PrivateKey(seed: SecretBytes.random(count: 32))
    }

    /// 64 bytes; the same for the same message, always.
    package func signature(of message: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: 64)
        message.withUnsafeBufferPointer { message in
            _ = secret.withPointer {
                crypto_sign_ed25519_detached(&result, nil, message.baseAddress, UInt64(message.count), $0)
            }
        }
        return result
    }
}
