// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Why something is not believed. Facts; the words are in `Commands/Wording`.
package enum TrustError: Error, Equatable, Sendable {
    // Key files.
    case badPublicKeyFile(MinisignFault)
    /// No honest key is a point of small or mixed order (trust §2.1).
    case weakPublicKey
    /// To be taken over, and neither DER nor PEM of an Ed25519 public key.
    case foreignPublicKey
    case badSecretKeyFile(MinisignFault)
    /// The seed, the public key and the checksum in the file do not belong together.
    case damagedSecretKey
    case passwordNeeded
    case wrongPassword
    /// The file's scrypt limits are past what any tool writes.
    case scryptTooCostly
    /// This machine has not the memory that the key's scrypt limits ask for.
    case scryptNoMemory(bytes: UInt64)
    case noSecretMemory(bytes: Int)
    case cryptographyUnavailable

    // Signatures.
    /// - Parameter name: the member's name; nil for a file of its own.
    case badSignatureFile(name: KeyFingerprint?, MinisignFault)
    /// `minisign -S` without `-l`: an `ED` signature, over a BLAKE2b digest (trust §3.3).
    case prehashedSignature(KeyID)
    case tooManySignatures(Int)
    case duplicateSignature(KeyFingerprint)
    /// What is signed does not begin as a SHA256SUMS of ours does, so it may be a document of another kind (trust §3.2).
    case notChecksumList
    /// A key that is believed did not make the signature that bears its name.
    case badSignature(KeyFingerprint)
    case unsigned
    /// There are signatures, and none is by a key that is believed.
    case noTrustedSignature(unknown: [ForeignSignature], revoked: [ForeignSignature])
    case thresholdNotMet(needed: Int, established: [EstablishedSigner], revoked: [ForeignSignature])
    /// The operator allowed an unsigned bundle by digest, and this is not that bundle.
    case overrideNamesAnother(named: Digest, found: Digest)
    /// What a signer gave is not this key's signature of the bytes that it was given.
    case signerFailed(KeyFingerprint)
    /// The signature to attach is not this key's over this bundle.
    case foreignSignature(KeyID)

    // Documents with signatures beside them.
    /// It does not begin as a document of this kind does (trust §3.2).
    case wrongDocumentKind(DocumentKind)
    /// The signature says that it is of a believed key, and is not.
    case badDocumentSignature(DocumentKind, KeyFingerprint)
    case documentThresholdNotMet(DocumentKind, needed: Int, established: [KeyFingerprint], unknown: [KeyID])

    // Trust roots.
    case badTrustRoot(TrustRootFault)
    /// `N.json` states another number.
    case wrongRootNumber(name: Int, stated: Int)
    case duplicateRoot(Int)
    /// Too few keys of the role `root` of root `by` have signed root `root` (trust §4.7).
    case rootThresholdNotMet(root: Int, by: Int, needed: Int, established: [KeyFingerprint])
    /// The links go on behind a gap.
    case skippedRoot(have: Int, found: Int)
    /// Another root than the one believed here bears this number.
    case forkedRoot(Int)
    /// A key that the root before had revoked is not revoked any more.
    case revocationTakenBack(root: Int, KeyFingerprint)
    /// The trust root demands a newer version of this product than the bundle carries (trust §4.5).
    case belowMinimumVersion(ReleaseIdentity, minimum: Version)
}

/// What is wrong with the text of a minisign file. Line numbers begin with 1.
package enum MinisignFault: Equatable, Sendable {
    case tooLong(bytes: Int)
    case lineCount(expected: Int, found: Int)
    case comment(line: Int)
    case base64(line: Int)
    case algorithm
    /// Right in content, but not in the one spelling that a bundle demands (trust §3.4).
    case notCanonical
}
