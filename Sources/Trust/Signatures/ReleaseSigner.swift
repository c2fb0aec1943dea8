// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Makes the signature members of a bundle.
package enum ReleaseSigner {
    /// Signs a SHA256SUMS; the same inputs give the same bytes.
    /// - Parameter releaseDigest: SHA-256 of `manifest.json`, for people to read in the comment.
    package static func sign(
        _ checksumList: [UInt8], of release: ReleaseIdentity, releaseDigest: Digest, with key: SigningKey
    ) throws(TrustError) -> NamedSignature {
        guard DocumentKind.checksumList.matches(checksumList) else { throw .notChecksumList }
        let signature = MinisignSignature(
            signing: checksumList, trustedComment: trustedComment(release, releaseDigest), with: key)
        return member(signature, of: release, by: key.publicKey)
    }

    /// The same by whatever signs with a key, hardware too.
    package static func sign(
        _ checksumList: [UInt8], of release: ReleaseIdentity, releaseDigest: Digest, by signer: any DocumentSigner
    ) async throws -> NamedSignature {
        guard DocumentKind.checksumList.matches(checksumList) else { throw TrustError.notChecksumList }
        let signature = try await MinisignSignature(
            signing: checksumList, trustedComment: trustedComment(release, releaseDigest), by: signer)
        return member(signature, of: release, by: signer.publicKey)
    }

    /// What stands under the second signature: no time, so that signing again gives the same bytes. For people; what was
    /// signed says for itself what it is.
    private static func trustedComment(_ release: ReleaseIdentity, _ releaseDigest: Digest) -> String {
        "bundle \(release) release \(releaseDigest.hex)"
    }

    /// Takes over a signature that stock `minisign -S -l` made: its untrusted comment becomes ours, all else stays.
    ///
    /// The key is needed for the member's name, and so that a signature of another file is found here and not on the
    /// host.
    package static func attach(
        _ file: [UInt8], to checksumList: [UInt8], of release: ReleaseIdentity, by key: MinisignPublicKey
    ) throws(TrustError) -> NamedSignature {
        guard DocumentKind.checksumList.matches(checksumList) else { throw .notChecksumList }
        let signature = try MinisignSignature(file: file)
        guard signature.keyID == key.id, signature.holds(for: checksumList, by: key.key) else {
            throw .foreignSignature(signature.keyID)
        }
        let named = member(signature, of: release, by: key)
        guard named.bytes.count <= Limits.signatureBytes else {
            throw .badSignatureFile(name: nil, .tooLong(bytes: named.bytes.count))
        }
        return named
    }

    private static func member(
        _ signature: MinisignSignature, of release: ReleaseIdentity, by key: MinisignPublicKey
    ) -> NamedSignature {
        NamedSignature(name: key.fingerprint, bytes: signature.file(untrustedComment: release.signatureComment))
    }
}
