// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography

/// The proof that a SHA256SUMS is believed. Only this room can make one, so whoever holds it has been through
/// `Keyring.judge`.
package struct SignatureVerdict: Equatable, Sendable {
    /// The proven bytes: parse these and nothing else.
    package let signed: [UInt8]
    package let release: ReleaseIdentity
    /// By distinct public keys, sorted by fingerprint; at least `threshold` of them, or none and an override.
    package let established: [EstablishedSigner]
    /// Signatures that nobody here can judge; reported, never counted.
    package let unknown: [ForeignSignature]
    /// Signatures by keys that were revoked; reported, never counted.
    package let revoked: [ForeignSignature]
    package let threshold: Int
    /// The digest by which the operator let an unsigned bundle in; nil for a proven one.
    package let override: Digest?

    /// SHA-256 of the signed bytes.
    package var signedDigest: Digest { Digest.ofBytes(signed) }
}

/// A key that is believed and has signed.
package struct EstablishedSigner: Hashable, Sendable {
    package let key: MinisignPublicKey
    package let trustedComment: String

    package var fingerprint: KeyFingerprint { key.fingerprint }
    package var keyID: KeyID { key.id }
}

/// A signature that counts for nothing: what its name and its file claim, unproven.
package struct ForeignSignature: Hashable, Sendable {
    package let name: KeyFingerprint
    package let keyID: KeyID

    package init(name: KeyFingerprint, keyID: KeyID) {
        self.name = name
        self.keyID = keyID
    }
}
