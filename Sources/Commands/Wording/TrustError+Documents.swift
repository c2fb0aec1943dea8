// SPDX-License-Identifier: Apache-2.0
import Trust

extension TrustError {
    /// Words for signed documents beside a bundle: trust roots, approvals, receipts, inventories.
    var documentExplanation: Explanation {
        switch self {
        case .wrongDocumentKind(let kind):
            Explanation(
                "this does not begin as \(TrustError.words(kind)) does, so it may be a document of another kind",
                hint: "name the file that this tool wrote, as it is", status: .refusedByTrust)
        case .badDocumentSignature(let kind, let key):
            Explanation(
                "the signature by key \(key) is not of this text: \(TrustError.words(kind)) was changed after it was signed",
                hint: "get the document and its signature anew; if that does not help, ask who signed it",
                status: .refusedByTrust)
        case .documentThresholdNotMet(let kind, let needed, let established, let unknown):
            Explanation(
                "\(TrustError.words(kind)) needs the signatures of \(needed) believed keys and has \(established.count)"
                    + (established.isEmpty ? "" : ": " + established.map(\.hex).joined(separator: ", "))
                    + (unknown.isEmpty
                        ? "" : "; not known here: " + unknown.map(\.description).joined(separator: ", ")),
                hint: "`bundle trust show` says whose signatures count", status: .refusedByTrust)
        default: explanation
        }
    }

    static func words(_ kind: DocumentKind) -> String {
        switch kind {
        case .checksumList: "SHA256SUMS"
        case .trustRoot: "a trust root"
        case .approval: "an approval"
        case .receipt: "a receipt"
        case .inventory: "an inventory"
        }
    }
}
