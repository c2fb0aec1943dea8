// SPDX-License-Identifier: Apache-2.0
package import Cryptography

/// A signature file of minisign, of the legacy algorithm `Ed` only (trust §3.1).
package struct MinisignSignature: Equatable, Sendable {
    /// Not covered by any signature.
    package let keyID: KeyID
    /// 64 bytes: Ed25519 over the signed document itself.
    package let signature: [UInt8]
    package let trustedComment: String
    /// 64 bytes: Ed25519 over `signature` and the bytes of the trusted comment.
    package let globalSignature: [UInt8]

    package init(signing message: [UInt8], trustedComment: String, with key: SigningKey) {
        keyID = key.id
        signature = key.key.signature(of: message)
        self.trustedComment = trustedComment
        globalSignature = key.key.signature(of: signature + Array(trustedComment.utf8))
    }

    /// Asks a signer for both signatures, one after the other: the second covers the first (trust §3.1).
    ///
    /// - Throws: `signerFailed` when either is not this key's over these bytes; what the signer throws.
    package init(signing message: [UInt8], trustedComment: String, by signer: any DocumentSigner) async throws {
        let key = signer.publicKey
        keyID = key.id
        signature = try await Self.ask(signer, message)
        self.trustedComment = trustedComment
        globalSignature = try await Self.ask(signer, signature + Array(trustedComment.utf8))
    }

    private static func ask(_ signer: any DocumentSigner, _ message: [UInt8]) async throws -> [UInt8] {
        let made = try await signer.signature(of: message)
        let key = signer.publicKey
        // A faulty or a lying signer is found here, and not on the host; a fault in a deterministic Ed25519 can also
        // give the secret away to whoever sees its results.
        guard key.key.verifies(signature: made, of: message) else { throw TrustError.signerFailed(key.fingerprint) }
        return made
    }

    /// Reads a file as people's tools write it: any untrusted comment, `\r\n` or no last line end.
    /// - Throws: `prehashedSignature` for `ED`, `badSignatureFile` for all else, also for anything behind line 4.
    package init(file bytes: [UInt8]) throws(TrustError) {
        do {
            try self.init(text: MinisignText(bytes, lineCount: 4))
        } catch let error as MinisignTextError {
            throw .badSignatureFile(name: nil, error.fault)
        } catch let error as TrustError {
            throw error
        } catch {
            throw .cryptographyUnavailable
        }
    }

    private init(text: MinisignText) throws {
        _ = try text.comment(line: 1, prefix: MinisignText.untrusted)
        guard let first = Base64.decode(text.lines[1], count: 74), let id = KeyID(bytes: first[2..<10]) else {
            throw MinisignTextError(.base64(line: 2))
        }
        switch Array(first[..<2]) {
        case Array("Ed".utf8): break
        // trust §3.3: a relabelled `ED` would hold for a 64-byte document; one algorithm leaves nothing to confuse.
        case Array("ED".utf8): throw TrustError.prehashedSignature(id)
        default: throw MinisignTextError(.algorithm)
        }
        keyID = id
        signature = Array(first[10...])
        trustedComment = try text.comment(line: 3, prefix: MinisignText.trusted)
        guard let second = Base64.decode(text.lines[3], count: 64) else { throw MinisignTextError(.base64(line: 4)) }
        globalSignature = second
    }

    /// The file with this untrusted comment: four lines, each ended by `\n`.
    package func file(untrustedComment: String) -> [UInt8] {
        let head = Array("Ed".utf8) + keyID.bytes + signature
        return MinisignText.untrusted + Array(untrustedComment.utf8) + [10] + Base64.encode(head) + [10]
            + MinisignText.trusted + Array(trustedComment.utf8) + [10] + Base64.encode(globalSignature) + [10]
    }

    /// Whether both signatures are this key's over exactly this document.
    package func holds(for message: [UInt8], by key: Ed25519PublicKey) -> Bool {
        key.verifies(signature: signature, of: message)
            && key.verifies(signature: globalSignature, of: signature + Array(trustedComment.utf8))
    }
}
