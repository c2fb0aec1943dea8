// SPDX-License-Identifier: Apache-2.0
import Cryptography

/// One recipient's part of a header: the file key, wrapped for them.
struct AgeStanza: Equatable {
    static let fileKeyBytes = 16
    private static let wrappedBytes = fileKeyBytes + ChaCha20Poly1305.tagBytes
    private static let x25519 = "X25519"
    private static let info = "age-encryption.org/v1/X25519"
    /// The wrap key is for one message only.
    private static let nonce = [UInt8](repeating: 0, count: ChaCha20Poly1305.nonceBytes)

    /// Printable ASCII without spaces; the first says of what kind it is.
    let arguments: [String]
    let body: [UInt8]

    var kind: AgeRecipientKind { AgeRecipientKind(stanza: arguments[0]) }

    /// The form that each X25519 stanza must have, whoever it is for: one share of 32 bytes, and a body of exactly one file
    /// key, so that no body can be made to open under many keys (age.md, partitioning oracles).
    var isWellFormed: Bool {
        guard kind == .x25519 else { return true }
        return arguments.count == 2 && share != nil && body.count == AgeStanza.wrappedBytes
    }

    private var share: [UInt8]? {
        let bytes = Base64.decodeUnpadded(arguments[1].utf8)
        return bytes?.count == X25519PrivateKey.bytes ? bytes : nil
    }

    /// Wraps a file key for a recipient, with an ephemeral key of this stanza's own.
    static func wrap(_ fileKey: SecretBytes, for recipient: AgeRecipient) throws -> AgeStanza {
        let ephemeral = try X25519PrivateKey.generate()
        let key = try wrapKey(
            try ephemeral.agreement(with: recipient.publicKey), share: ephemeral.publicKey, recipient: recipient)
        var body = [UInt8](repeating: 0, count: wrappedBytes)
        body.withUnsafeMutableBytes { body in
            fileKey.withBytes { ChaCha20Poly1305.seal($0, key: key, nonce: nonce, into: body) }
        }
        let share = String(decoding: Base64.encodeUnpadded(ephemeral.publicKey), as: UTF8.self)
        return AgeStanza(arguments: [x25519, share], body: body)
    }

    /// - Returns: nil when it is for somebody else.
    /// - Throws: `CryptographyError.badPublicKey` for a share of small order.
    func unwrap(with identity: AgeIdentity) throws -> SecretBytes? {
        guard kind == .x25519, isWellFormed, let share else { return nil }
        let key = try AgeStanza.wrapKey(
            try identity.key.agreement(with: share), share: share, recipient: identity.recipient)
        var isOurs = false
        let fileKey = try SecretBytes(count: AgeStanza.fileKeyBytes) { fileKey in
            isOurs = body.withUnsafeBytes {
                ChaCha20Poly1305.open($0, key: key, nonce: AgeStanza.nonce, into: fileKey)
            }
        }
        return isOurs ? fileKey : nil
    }

    private static func wrapKey(_ shared: SecretBytes, share: [UInt8], recipient: AgeRecipient) throws -> SecretBytes {
        try HKDFSHA256.derive(from: shared, salt: share + recipient.publicKey, info: info)
    }

    /// As it stands in a header: the body in lines of 64, the last one shorter.
    var text: String {
        let encoded = Base64.encodeUnpadded(body)
        var lines = stride(from: 0, to: encoded.count, by: AgeHeader.columns).map {
            String(decoding: encoded[$0..<min($0 + AgeHeader.columns, encoded.count)], as: UTF8.self)
        }
        if encoded.count % AgeHeader.columns == 0 { lines.append("") }
        return (["-> \(arguments.joined(separator: " "))"] + lines).map { $0 + "\n" }.joined()
    }
}
