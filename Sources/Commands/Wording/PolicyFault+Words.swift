// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Trust

extension PolicyFault {
    var words: String {
        switch self {
        case .productNotAllowed(let name, let allowed):
            "this host takes \(allowed.isEmpty ? "no product" : allowed.joined(separator: ", ")), and this is \(name)"
        case .signatures(let needed, let found):
            "\(needed) release key\(needed == 1 ? "" : "s") must sign and \(found.count) did\(PolicyFault.list(found))"
        case .approvals(let needed, let found, let unknown):
            "\(needed) approver\(needed == 1 ? "" : "s") must approve this release and \(found.count) did\(PolicyFault.list(found))"
                + (unknown.isEmpty
                    ? ""
                    : "; by nobody who is an approver here: \(Console.line(unknown.joined(separator: ", ")))")
        case .badApproval(let key):
            "the approval by key \(key) is not of this release: it names another digest, or was changed"
        case .receipts(let needed, let found):
            "\(needed) other host\(needed == 1 ? "" : "s") must have had this very release in service and \(found.count) did"
                + PolicyFault.list(found)
        case .pastBestBefore(let date, let now): "the trust root was best before \(date), and it is \(now)"
        case .downgradeNever: "the policy says `downgrade: never`, whatever the reason"
        case .clock(let now): "the clock of this host cannot be right: it says \(now)"
        }
    }

    /// What the operator can do about it.
    var hint: String {
        switch self {
        case .productNotAllowed: "`products` in /etc/bundle/policy.yaml says what this host takes"
        case .signatures: "let another signer run `bundle sign BUNDLE --key K`"
        case .approvals, .badApproval:
            "an approver runs `bundle approve BUNDLE --key K`; carry the file beside the bundle, or name it by --approval"
        case .receipts: "on the host that has it: `bundle receipts export DIR`; name that by --receipts"
        case .pastBestBefore: "get a newer trust root from its holders: `bundle trust update`"
        case .downgradeNever: "take a newer release, or change /etc/bundle/policy.yaml"
        case .clock: "set the clock"
        }
    }

    private static func list(_ keys: [KeyFingerprint]) -> String {
        keys.isEmpty ? "" : ": " + keys.map(\.hex).joined(separator: ", ")
    }
}

extension PolicyRefusal: Explained {
    var explanation: Explanation {
        let lines = faults.map { "  - \($0.rule.rawValue): \($0.words)\n    \($0.hint)" }
        return Explanation(
            "this host's policy does not let this release in:\n" + lines.joined(separator: "\n"),
            hint: faults.contains(.downgradeNever)
                ? nil
                : "where it has to be all the same: --override RULE --reason TEXT, kept in the audit log for ever",
            status: .refusedByTrust)
    }
}
