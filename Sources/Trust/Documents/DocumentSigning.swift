// SPDX-License-Identifier: Apache-2.0

/// Makes the signature file that lies beside a document.
package enum DocumentSigning {
    /// - Parameter comment: one line for people, in both comments; no rule ever reads it.
    /// - Returns: the bytes of a `.minisig` file.
    /// - Throws: `wrongDocumentKind`: what does not begin as its kind does is not signed as one (trust §3.2).
    package static func sign(
        _ document: [UInt8], as kind: DocumentKind, comment: String, with key: SigningKey
    ) throws(TrustError) -> [UInt8] {
        guard kind.matches(document) else { throw .wrongDocumentKind(kind) }
        return MinisignSignature(signing: document, trustedComment: comment, with: key).file(untrustedComment: comment)
    }

    /// The same by whatever signs with a key, hardware too.
    package static func sign(
        _ document: [UInt8], as kind: DocumentKind, comment: String, by signer: any DocumentSigner
    ) async throws -> [UInt8] {
        guard kind.matches(document) else { throw TrustError.wrongDocumentKind(kind) }
        return try await MinisignSignature(signing: document, trustedComment: comment, by: signer)
            .file(untrustedComment: comment)
    }
}
