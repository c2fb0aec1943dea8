// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

extension Keyring {
    /// Decides whether a SHA256SUMS is believed (trust §5).
    /// - Parameters:
    ///   - signed: the member SHA256SUMS, as it stands in the file.
    ///   - signatures: every member `signatures/*.minisig`.
    ///   - release: what the first line of `README.txt` says; unproven, it only fixes the comments' spelling.
    package func judge(
        signed: [UInt8], signatures: [NamedSignature], release: ReleaseIdentity
    ) throws(TrustError) -> SignatureVerdict {
        let verdict = try sort(signed, signatures, release)
        // trust §5.6
        guard !signatures.isEmpty else { throw .unsigned }
        guard !verdict.established.isEmpty else {
            throw .noTrustedSignature(unknown: verdict.unknown, revoked: verdict.revoked)
        }
        guard verdict.established.count >= threshold else {
            throw .thresholdNotMet(needed: threshold, established: verdict.established, revoked: verdict.revoked)
        }
        return verdict
    }

    /// Lets in what no believed key has signed, because the operator named the SHA-256 of its SHA256SUMS (trust §5.8).
    /// A bad signature by a believed key is refused all the same: that is damage or forgery, not absence.
    package func judge(
        signed: [UInt8], signatures: [NamedSignature], release: ReleaseIdentity, allowingUnsigned named: Digest
    ) throws(TrustError) -> SignatureVerdict {
        let verdict = try sort(signed, signatures, release, override: named)
        guard verdict.signedDigest == named else {
            throw .overrideNamesAnother(named: named, found: verdict.signedDigest)
        }
        return verdict
    }

    /// Steps 1 to 5: form first, then each signature into its class.
    private func sort(
        _ signed: [UInt8], _ signatures: [NamedSignature], _ release: ReleaseIdentity, override: Digest? = nil
    ) throws(TrustError) -> SignatureVerdict {
        // trust §5.1
        guard DocumentKind.checksumList.matches(signed) else { throw .notChecksumList }
        // trust §5.2
        guard signatures.count <= Limits.signatures else { throw .tooManySignatures(signatures.count) }
        var established: [EstablishedSigner] = []
        var unknown: [ForeignSignature] = []
        var dead: [ForeignSignature] = []
        var seen: Set<KeyFingerprint> = []
        for named in signatures.sorted(by: { $0.name < $1.name }) {
            guard seen.insert(named.name).inserted else { throw .duplicateSignature(named.name) }
            // trust §5.3
            let signature = try named.read(for: release)
            let foreign = ForeignSignature(name: named.name, keyID: signature.keyID)
            // trust §5.4: found by the public key, never by the key id, which anyone can write.
            if revoked.contains(named.name) {
                dead.append(foreign)
            } else if let key = keys[named.name] {
                // trust §5.5: the id is covered by no signature; the adopted key says what it must be.
                guard signature.keyID == key.id, signature.holds(for: signed, by: key.key) else {
                    throw .badSignature(named.name)
                }
                established.append(EstablishedSigner(key: key, trustedComment: signature.trustedComment))
            } else {
                unknown.append(foreign)
            }
        }
        return SignatureVerdict(
            signed: signed, release: release, established: established, unknown: unknown, revoked: dead,
            threshold: threshold, override: override)
    }
}
