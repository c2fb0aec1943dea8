// SPDX-License-Identifier: Apache-2.0

/// The keys that are believed for one role, and how many of them must agree.
package struct Keyring: Equatable, Sendable {
    /// Distinct public keys, none of them revoked.
    package let keys: [KeyFingerprint: MinisignPublicKey]
    package let revoked: Set<KeyFingerprint>
    /// At least 1.
    package let threshold: Int

    /// Keys are told apart by their public key alone: one key under two ids counts once (trust §5.4). Revoked wins
    /// over believed.
    package init(keys: [MinisignPublicKey], revoked: Set<KeyFingerprint> = [], threshold: Int = 1) {
        var believed: [KeyFingerprint: MinisignPublicKey] = [:]
        for key in keys where !revoked.contains(key.fingerprint) { believed[key.fingerprint] = key }
        self.keys = believed
        self.revoked = revoked
        self.threshold = max(1, threshold)
    }
}
