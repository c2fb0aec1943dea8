// SPDX-License-Identifier: Apache-2.0

/// The proof that a document of its own, beside which signatures lie, is believed. Only this room can make one.
package struct DocumentVerdict: Equatable, Sendable {
    package let kind: DocumentKind
    /// The proven bytes: parse these and nothing else.
    package let document: [UInt8]
    /// By distinct public keys, sorted by fingerprint; at least the keyring's threshold of them.
    package let established: [EstablishedSigner]
    /// Key ids of signatures that no believed key made; reported, never counted.
    package let unknown: [KeyID]
}

extension Keyring {
    /// Decides whether a trust root, an approval, a receipt or an inventory is believed.
    ///
    /// Files beside a document bear no name that counts: each signature is held to every believed key.
    /// - Parameter signatures: files as people's tools write them (`MinisignSignature(file:)`).
    /// - Throws: `wrongDocumentKind`; `badDocumentSignature` where a signature says that it is a believed key's and is not;
    ///   `documentThresholdNotMet`.
    package func judge(
        document: [UInt8], kind: DocumentKind, signatures: [MinisignSignature]
    ) throws(TrustError) -> DocumentVerdict {
        guard kind.matches(document) else { throw .wrongDocumentKind(kind) }
        var signers: [KeyFingerprint: EstablishedSigner] = [:]
        var unknown: [KeyID] = []
        for signature in signatures {
            if let key = keys.values.first(where: { signature.holds(for: document, by: $0.key) }) {
                // A key counts once, in however many files it appears.
                signers[key.fingerprint] = EstablishedSigner(key: key, trustedComment: signature.trustedComment)
            } else if let claimed = keys.values.first(where: { $0.id == signature.keyID }) {
                throw .badDocumentSignature(kind, claimed.fingerprint)
            } else {
                unknown.append(signature.keyID)
            }
        }
        let established = signers.values.sorted { $0.fingerprint.hex < $1.fingerprint.hex }
        guard established.count >= threshold else {
            throw .documentThresholdNotMet(
                kind, needed: threshold, established: established.map(\.fingerprint), unknown: unknown)
        }
        return DocumentVerdict(kind: kind, document: document, established: established, unknown: unknown)
    }
}
