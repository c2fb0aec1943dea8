// SPDX-License-Identifier: Apache-2.0
import Trust

extension TrustError {
    /// Words for trust roots and their chain (trust §4).
    var rootExplanation: Explanation {
        switch self {
        case .badTrustRoot(let fault):
            refusal(
                "the trust root is malformed: \(TrustError.words(fault))",
                "find out who changed it; the holders of the root keys have the right one")
        case .wrongRootNumber(let name, let stated):
            refusal("\(name).json says that it is trust root \(stated)", "a root is called by its number")
        case .duplicateRoot(let number): refusal("there are two files of trust root \(number)", nil)
        case .rootThresholdNotMet(let root, let by, let needed, let established):
            refusal(
                "trust root \(root) needs the signatures of \(needed) root keys of root \(by) and has \(established.count)"
                    + (established.isEmpty ? "" : ": " + established.map(\.hex).joined(separator: ", ")),
                "the holders of the others run `bundle trust sign \(root).json --key K`")
        case .skippedRoot(let have, let found):
            refusal(
                "trust root \(have) is believed here and the chain goes on behind a gap, up to \(found)",
                "every root from \(have + 1) on must be there: take them with `bundle trust update DIRECTORY`")
        case .forkedRoot(let number):
            refusal(
                "this is another trust root \(number) than the one that is believed here: two were made",
                "ask the holders of the root keys at once: one of the two is a thief's or a mistake")
        case .revocationTakenBack(let root, let key):
            refusal(
                "trust root \(root) no longer revokes key \(key), which the one before it did",
                "a revoked key stays revoked: make a new one")
        default: explanation
        }
    }

    private func refusal(_ message: String, _ hint: String?) -> Explanation {
        Explanation(message, hint: hint, status: .refusedByTrust)
    }
}
