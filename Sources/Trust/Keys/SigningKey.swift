// SPDX-License-Identifier: Apache-2.0
package import Cryptography

/// A secret key that is ready to sign.
package struct SigningKey: Sendable {
    package let id: KeyID
    package let key: Ed25519PrivateKey

    package init(id: KeyID, key: Ed25519PrivateKey) {
        self.id = id
        self.key = key
    }

    /// A new key with a random id.
    package static func generate() throws -> SigningKey {
        guard let id = KeyID(bytes: try Randomness.bytes(8)) else { throw TrustError.cryptographyUnavailable }
        return SigningKey(id: id, key: try Ed25519PrivateKey.generate())
    }

    package var publicKey: MinisignPublicKey { MinisignPublicKey(id: id, key: key.publicKey) }
}
