// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography
package import Trust

/// A receipt whose signature by a believed host key was proven; only `ProvenReceipt.judge` makes one.
package struct ProvenReceipt: Equatable, Sendable {
    package let receipt: Receipt
    /// The key that signed it, which is the one that it names.
    package let host: MinisignPublicKey
    /// SHA-256 of its bytes.
    package let sha256: Digest

    /// Decides whether these bytes are what a host says (trust §9.4). Pure.
    /// - Parameters:
    ///   - bytes: the receipt, as it stands in its file.
    ///   - signature: the file beside it.
    ///   - hosts: keys of role `host`; one of them is enough, whatever threshold the role has: a host speaks for itself alone.
    /// - Throws: `ReceiptError`.
    package static func judge(_ bytes: [UInt8], signature: [UInt8], by hosts: Keyring) throws(ReceiptError)
        -> ProvenReceipt
    {
        guard bytes.count <= Receipt.limit else { throw .malformed(.tooLong(bytes: bytes.count)) }
        let ring = Keyring(keys: Array(hosts.keys.values), revoked: hosts.revoked)
        let verdict: DocumentVerdict
        do {
            verdict = try ring.judge(document: bytes, kind: .receipt, signatures: [MinisignSignature(file: signature)])
        } catch .documentThresholdNotMet(let kind, let needed, let established, let unknown) {
            // Whoever names a host that is believed and did not sign speaks in another's name; of all others nothing is known.
            guard let named = Receipt.namedHost(bytes), ring.keys[named] == nil else {
                throw .untrusted(
                    .documentThresholdNotMet(kind, needed: needed, established: established, unknown: unknown))
            }
            throw .unknownHost(named, isRevoked: ring.revoked.contains(named))
        } catch {
            throw .untrusted(error)
        }
        let receipt: Receipt
        do { receipt = try Receipt(parsing: verdict.document) } catch { throw .malformed(error) }
        guard let signer = verdict.established.first(where: { $0.fingerprint == receipt.host }) else {
            throw .foreignKey(names: receipt.host, signedBy: verdict.established.map(\.fingerprint))
        }
        return ProvenReceipt(receipt: receipt, host: signer.key, sha256: Digest.ofBytes(bytes))
    }

    /// Verbs behind which a release serves.
    package static let deploying: Set<String> = ["install", "rollback", "reconfigure"]

    /// Whether the host says that this very release was put into service and called good there. A rehearsal is none.
    package func saysGood(_ release: Digest) -> Bool {
        receipt.outcome == .good && ProvenReceipt.deploying.contains(receipt.verb) && receipt.subject.digest == release
    }
}

/// Why a receipt is not believed. Facts; the words are in `Commands/Wording`.
package enum ReceiptError: Error, Equatable, Sendable {
    case malformed(ReceiptFault)
    /// The signature does not hold, or a host that is believed is named and another key signed.
    case untrusted(TrustError)
    /// Its first line names a key that is not believed as a host's here, so nothing can be said of its signature.
    case unknownHost(KeyFingerprint, isRevoked: Bool)
    /// A believed host signed a receipt that names another.
    case foreignKey(names: KeyFingerprint, signedBy: [KeyFingerprint])
}
