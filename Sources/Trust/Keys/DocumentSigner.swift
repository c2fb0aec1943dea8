// SPDX-License-Identifier: Apache-2.0
import Cryptography

/// Whatever can sign with a key: the secret half in memory, or a program that asks the hardware where it lives.
package protocol DocumentSigner: Sendable {
    var publicKey: MinisignPublicKey { get }

    /// 64 bytes: Ed25519 over exactly these bytes. What a program outside gives is nobody's word: `MinisignSignature`
    /// holds it to the public key before anything is made of it.
    func signature(of message: [UInt8]) async throws -> [UInt8]
}

extension SigningKey: DocumentSigner {
    package func signature(of message: [UInt8]) -> [UInt8] { key.signature(of: message) }
}
