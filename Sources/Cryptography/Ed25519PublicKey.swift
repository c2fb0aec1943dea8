// SPDX-License-Identifier: Apache-2.0
import CSodium

/// A public key that an honest person can have (RFC 8032 §5.1.5).
package struct Ed25519PublicKey: Hashable, Sendable {
    /// 32 bytes.
    package let bytes: [UInt8]

    /// - Throws: `badPublicKey` for anything but the canonical spelling of a point of the prime-order group. A
    ///   small-order key accepts signatures over messages that nobody signed.
    package init(bytes: some Collection<UInt8>) throws(CryptographyError) {
        try Sodium.start()
        let copy = Array(bytes)
        guard copy.count == 32, crypto_core_ed25519_is_valid_point(copy) == 1 else { throw .badPublicKey }
        self.bytes = copy
    }

    /// Whether the signature of 64 bytes is this key's over exactly these bytes. libsodium refuses a non-canonical S,
    /// a small-order R and every second spelling; the CCTV edge vectors hold it to that.
    package func verifies(signature: [UInt8], of message: [UInt8]) -> Bool {
        guard signature.count == 64 else { return false }
        return message.withUnsafeBufferPointer {
            crypto_sign_ed25519_verify_detached(signature, $0.baseAddress, UInt64($0.count), bytes) == 0
        }
    }
}
