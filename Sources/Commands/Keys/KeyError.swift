// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Trust

/// What can be wrong around key files. Facts; the words are in `Wording/KeyError+Explained.swift`.
enum KeyError: Error, Equatable {
    /// A key, signature or trust file, and what is wrong in it.
    case file(path: String, TrustError)
    /// A secret key that other users may read or write.
    case openToOthers(path: String, permissions: UInt16)
    case notAFile(path: String)
    /// The public half where the secret one is needed.
    case publicKey(path: String)
    case noKey(searched: [String])
    case severalKeys([String])
    case exists(path: String)
    case badKeyPath(path: String)
    case passwordsDiffer
    case emptyPassword
    /// A password is needed, and there is nobody to ask.
    case noTerminal(for: String)
    case badFingerprint(String)
    case fingerprintDiffers(path: String, given: String, found: String)
    case rootExists(path: String)
    case notRoot
    case nothingAdopted
    /// A directory without trust roots.
    case noRoots(path: String)
    /// The newest root of a directory lacks signatures, so no next one can be drafted.
    case unsignedRoot(path: String)
    /// Roots of a chain that this host has no part of, or that begin behind a gap.
    case foreignRoots(path: String, [Int])
    case badRoleThreshold(String)
    /// What was asked for is no root that a host would take.
    case badDraft(TrustRootFault)
    /// Neither the newest root nor one before it has such a key.
    case unknownKey(KeyFingerprint, root: Int)
    case revokedKey(KeyFingerprint, root: Int)
    case notInRoot(KeyFingerprint, root: Int)
    /// A root of the same content would follow.
    case nothingChanges(root: Int)
    /// No public key at hand has the id of the signature to attach.
    case noPublicKey(for: KeyID)
    case noPublicKeyNamed(KeyFingerprint)
    /// A head that is not this bundle's.
    case foreignHead(path: String, of: ReleaseIdentity, bundle: ReleaseIdentity)
    /// The head has no signature that the bundle has not.
    case nothingToAttach(path: String)
    /// The program that signs was given, and no public key for it to sign for.
    case signerWithoutKey
    case signerEnded(program: String, status: Int)
    /// What it printed is no signature.
    case signerAnswer(program: String, bytes: Int)
}
