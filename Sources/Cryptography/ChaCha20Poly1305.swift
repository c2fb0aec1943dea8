// SPDX-License-Identifier: Apache-2.0
import CSodium

/// ChaCha20-Poly1305 of RFC 8439, without associated bytes: keys of 32 bytes, nonces of 12, and a tag of 16 behind the text.
package enum ChaCha20Poly1305 {
    package static let keyBytes = 32
    package static let nonceBytes = 12
    package static let tagBytes = 16

    /// Writes text and tag.
    /// - Parameter sealed: has 16 bytes more than the text, and may begin where that does.
    package static func seal(
        _ text: UnsafeRawBufferPointer, key: SecretBytes, nonce: [UInt8], into sealed: UnsafeMutableRawBufferPointer
    ) {
        precondition(
            key.count == keyBytes && nonce.count == nonceBytes && sealed.count == text.count + tagBytes,
            "callers cut these from fixed layouts")
        guard let target = sealed.baseAddress?.assumingMemoryBound(to: UInt8.self) else { return }
        _ = key.withPointer {
            crypto_aead_chacha20poly1305_ietf_encrypt(
                target, nil,
                text.baseAddress?.assumingMemoryBound(to: UInt8.self), UInt64(text.count), nil, 0, nil, nonce, $0)
        }
    }

    /// Writes the text of what `seal` made; zeros when the tag is another's.
    /// - Parameter text: has 16 bytes less than what is sealed.
    /// - Returns: whether it is what the owner of the key sealed under this nonce.
    package static func open(
        _ sealed: UnsafeRawBufferPointer, key: SecretBytes, nonce: [UInt8], into text: UnsafeMutableRawBufferPointer
    ) -> Bool {
        guard key.count == keyBytes, nonce.count == nonceBytes, sealed.count == text.count + tagBytes,
            let source = sealed.baseAddress?.assumingMemoryBound(to: UInt8.self)
        else { return false }
        let status = key.withPointer {
            crypto_aead_chacha20poly1305_ietf_decrypt(
                text.baseAddress?.assumingMemoryBound(to: UInt8.self), nil, nil, source, UInt64(sealed.count), nil, 0,
                nonce, $0)
        }
        return status == 0
    }
}
