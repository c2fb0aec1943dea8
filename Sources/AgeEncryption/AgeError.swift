// SPDX-License-Identifier: Apache-2.0

/// What is wrong with an age file or with a key for one. Offsets are bytes from the beginning of the encrypted file.
package enum AgeError: Error, Equatable, Sendable {
    case header(AgeHeaderFault, offset: Int)
    /// The textual form, which is as well a bundle of a third more bytes; only the binary one is read.
    case armored
    /// Encrypted under a passphrase, which is for people and their memory.
    case passphrase
    /// No identity at hand opens it; what it is encrypted for, a kind for each recipient.
    case notForUs([AgeRecipientKind])
    /// An identity opens the file key, and the header is not the one that was written with it.
    case forgedHeader
    /// The file ends before the chunk that its writer marked as the last.
    case cut(offset: Int64)
    /// The last bytes of the file, from `offset` on, are no chunk: it was cut within one, or they are damaged.
    case badEnd(offset: Int64, fileBytes: Int64)
    /// The chunk that begins there is not what was encrypted at this place.
    case damagedChunk(offset: Int64)
    /// The file got shorter while it was read.
    case changedWhileRead
    case key(AgeKeyFault, line: Int)
}

/// Which rule of the header's grammar is broken (C2SP age.md, "ABNF definition of file header").
package enum AgeHeaderFault: String, Equatable, Sendable {
    case notAge = "not an age file"
    case version = "another version of age"
    case unfinished = "it has no end"
    case tooLong = "too long"
    case badStanza = "malformed recipient"
    case badBody = "malformed file key"
    case badX25519 = "malformed X25519 recipient"
    case lowOrder = "low-order point"
    case passphraseNotAlone = "a passphrase beside other recipients"
    case noRecipient = "no recipient"
    case badMAC = "malformed MAC"
    case noNonce = "no nonce"
}

/// What a recipient of a file is, by the first word of its stanza.
package enum AgeRecipientKind: String, Hashable, CaseIterable, Sendable {
    case x25519 = "X25519"
    case passphrase = "passphrase"
    case hybrid = "post-quantum hybrid"
    case ssh = "SSH"
    case hardware = "hardware or plugin"

    init(stanza type: String) {
        switch type {
        case "X25519": self = .x25519
        case "scrypt": self = .passphrase
        case "mlkem768x25519": self = .hybrid
        case "ssh-rsa", "ssh-ed25519": self = .ssh
        default: self = .hardware
        }
    }
}

/// What is wrong with a recipient, an identity or a file of them.
package enum AgeKeyFault: Equatable, Sendable {
    /// Of a kind that is not built here.
    case kind(AgeRecipientKind)
    /// An identity under a passphrase.
    case locked
    /// The public half where the secret one is needed.
    case recipientInstead
    /// The secret half where the public one is needed.
    case identityInstead
    /// Neither; or one with a mistyped character.
    case notAKey
    /// A point that makes every agreement known to all.
    case lowOrder
    /// The file has none.
    case none
    case tooMany(limit: Int)
}
