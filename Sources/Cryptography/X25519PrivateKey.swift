// SPDX-License-Identifier: Apache-2.0
import CSodium

/// A key to agree on secrets with (RFC 7748 §5): 32 random bytes. The public half is 32 bytes, too.
package struct X25519PrivateKey: Sendable {
    package static let bytes = 32

    /// libsodium clamps at each use, so that the bytes stay those of the file they came from.
    package let secret: SecretBytes
    package let publicKey: [UInt8]

    /// - Throws: `badSeed` for another length.
    package init(secret: SecretBytes) throws {
        guard secret.count == X25519PrivateKey.bytes else { throw CryptographyError.badSeed }
        var open = [UInt8](repeating: 0, count: X25519PrivateKey.bytes)
        guard secret.withPointer({ crypto_scalarmult_curve25519_base(&open, $0) }) == 0 else {
            throw CryptographyError.badSeed
        }
        self.secret = secret
        publicKey = open
    }

    package static func generate() throws -> X25519PrivateKey {
        try X25519PrivateKey(secret: .random(count: bytes))
    }

    /// What both sides can compute and nobody else.
    ///
    /// - Throws: `badPublicKey` for a point of small order: everybody would know the result, which is zeros.
    package func agreement(with publicKey: [UInt8]) throws -> SecretBytes {
        guard publicKey.count == X25519PrivateKey.bytes else { throw CryptographyError.badPublicKey }
        return try SecretBytes(
            count: X25519PrivateKey.bytes,
            writing: { shared in
                let status = secret.withPointer { crypto_scalarmult_curve25519(shared, $0, publicKey) }
                // libsodium refuses its list of small-order points and a result of zeros; said once more, because a
                // build of it without these checks would be silent.
                guard status == 0, sodium_is_zero(shared, X25519PrivateKey.bytes) == 0 else {
                    throw CryptographyError.badPublicKey
                }
            })
    }
}
