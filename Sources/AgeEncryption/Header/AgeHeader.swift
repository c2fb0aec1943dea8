// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import Cryptography

/// The header of an age file: for whom it is, and the file key for each of them.
package struct AgeHeader {
    static let columns = 64
    static let version = "age-encryption.org/v1"
    static let macBytes = 32
    /// More than 600 recipients, or 40 post-quantum ones. Nobody has vouched for these bytes.
    package static let limit = 64 << 10

    let stanzas: [AgeStanza]
    /// What the MAC covers: up to and including `---`.
    let covered: [UInt8]
    let mac: [UInt8]
    /// Bytes up to the payload's nonce.
    package let count: Int

    /// Whom the file is for, as far as it can be told: an X25519 stanza does not say whose it is.
    package var recipients: [AgeRecipientKind] { stanzas.map(\.kind) }

    /// The file key, by the first identity that opens one, after the whole header was held against it.
    ///
    /// - Throws: `AgeError`, `CryptographyError`.
    package func fileKey(with identities: [AgeIdentity]) throws -> SecretBytes {
        if recipients == [.passphrase] { throw AgeError.passphrase }
        for stanza in stanzas where stanza.kind == .x25519 {
            for identity in identities {
                guard let key = try open(stanza, identity) else { continue }
                guard ConstantTime.equal(try AgeHeader.mac(of: covered, fileKey: key), mac) else {
                    throw AgeError.forgedHeader
                }
                return key
            }
        }
        throw AgeError.notForUs(recipients)
    }

    private func open(_ stanza: AgeStanza, _ identity: AgeIdentity) throws -> SecretBytes? {
        do {
            return try stanza.unwrap(with: identity)
        } catch CryptographyError.badPublicKey {
            throw AgeError.header(.lowOrder, offset: 0)
        }
    }

    /// The bytes of a header that wraps a file key for each recipient.
    static func bytes(wrapping fileKey: SecretBytes, for recipients: [AgeRecipient]) throws -> [UInt8] {
        let stanzas = try recipients.map { try AgeStanza.wrap(fileKey, for: $0) }
        let covered = Array("\(version)\n\(stanzas.map(\.text).joined())---".utf8)
        let code = Base64.encodeUnpadded(try mac(of: covered, fileKey: fileKey))
        return covered + [UInt8(ascii: " ")] + code + [UInt8(ascii: "\n")]
    }

    private static func mac(of covered: [UInt8], fileKey: SecretBytes) throws -> [UInt8] {
        let key = try HKDFSHA256.derive(from: fileKey, salt: [], info: "header")
        return Array(covered.withUnsafeBytes { KeyedHash.digest(of: $0, key: key) }.bytes)
    }
}
