// SPDX-License-Identifier: Apache-2.0
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
    case fingerprintDiffers(path: String, given: KeyFingerprint, found: KeyFingerprint)
    case rootExists(path: String)
    case notRoot
    case nothingAdopted
    case notBuiltYet(String)
    /// No public key at hand has the id of the signature to attach.
    case noPublicKey(for: KeyID)
}
