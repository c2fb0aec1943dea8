// SPDX-License-Identifier: Apache-2.0
import Cryptography

/// How a payload is cut: 64 KiB a chunk, each sealed by itself under its number and whether it is the last (age.md,
/// "Payload", a variant of STREAM).
enum AgeChunks {
    static let textBytes = 64 << 10
    static let sealedBytes = textBytes + ChaCha20Poly1305.tagBytes
    static let nonceBytes = 16

    static func key(fileKey: SecretBytes, nonce: [UInt8]) throws -> SecretBytes {
        try HKDFSHA256.derive(from: fileKey, salt: nonce, info: "payload")
    }

    /// Eleven bytes of the number, big-endian, and one that marks the last chunk.
    static func nonce(_ number: Int64, isLast: Bool) -> [UInt8] {
        let counter = (0..<8).map { UInt8(truncatingIfNeeded: number >> (8 * (7 - $0))) }
        return [0, 0, 0] + counter + [isLast ? 1 : 0]
    }
}
