// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

extension TrustRoot {
    /// The keys believed for a role; nobody for a role that the root does not have.
    package func keyring(for role: Role) -> Keyring {
        let rule = roles[role.rawValue]
        return Keyring(
            keys: (rule?.keys ?? []).compactMap { fingerprint in
                keys[fingerprint].flatMap { try? MinisignPublicKey(base64: $0.key) }
            },
            revoked: Set(revoked.compactMap { KeyFingerprint(hex: $0) }), threshold: rule?.threshold ?? 1)
    }

    /// A release by what this root says today: its signatures by the keys of role `release`, then its version.
    ///
    /// - Parameters:
    ///   - checksums: the SHA256SUMS that was signed.
    ///   - identity: what it claims to be; the verdict says whether that was signed.
    /// - Throws: what `Keyring.judge` throws; `belowMinimumVersion`.
    package func judge(
        signed checksums: [UInt8], signatures: [NamedSignature], release identity: ReleaseIdentity
    ) throws -> SignatureVerdict {
        let verdict = try keyring(for: .release).judge(signed: checksums, signatures: signatures, release: identity)
        try allow(identity)
        return verdict
    }

    /// - Throws: `belowMinimumVersion` (trust §4.5).
    package func allow(_ release: ReleaseIdentity) throws(TrustError) {
        guard let text = minimumVersions[release.name.text], let minimum = Version(text) else { return }
        guard release.version >= minimum else { throw .belowMinimumVersion(release, minimum: minimum) }
    }

    /// - Parameter now: RFC 3339 in UTC with whole seconds, whose texts sort as their times do.
    package func isPastBestBefore(now: String) -> Bool { bestBefore.map { now > $0 } ?? false }
}
