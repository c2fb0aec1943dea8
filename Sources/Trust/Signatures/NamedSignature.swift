// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// A member `signatures/KEY.minisig` of a bundle: the name that it bears and its bytes, not believed yet.
package struct NamedSignature: Equatable, Sendable {
    /// What the member's name says; nobody has signed a name.
    package let name: KeyFingerprint
    package let bytes: [UInt8]

    package init(name: KeyFingerprint, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }

    /// Reads the one spelling that a bundle of this release may hold (trust §3.4): a second spelling of a signature
    /// would be a byte that can change unnoticed.
    package func read(for release: ReleaseIdentity) throws(TrustError) -> MinisignSignature {
        guard bytes.count <= Limits.signatureBytes else {
            throw .badSignatureFile(name: name, .tooLong(bytes: bytes.count))
        }
        let signature: MinisignSignature
        do {
            signature = try MinisignSignature(file: bytes)
        } catch .badSignatureFile(_, let fault) {
            throw .badSignatureFile(name: name, fault)
        } catch {
            throw error
        }
        guard signature.file(untrustedComment: release.signatureComment) == bytes else {
            throw .badSignatureFile(name: name, .notCanonical)
        }
        return signature
    }
}
