// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// A rule of a host's policy that an operator may override with a reason (trust §7.3).
package enum PolicyRule: String, CaseIterable, Sendable {
    case approvals
    case bestBefore = "best-before"
    case clock
    case downgrade
    case product
    case receipts
    case signatures
}

/// A rule that does not hold. Facts; the words are in `Commands/Wording`.
package enum PolicyFault: Equatable, Sendable {
    case productNotAllowed(ReleaseName, allowed: [String])
    case signatures(needed: Int, found: [KeyFingerprint])
    /// `unknown`: files of approvals by nobody who is believed as an approver.
    case approvals(needed: Int, found: [KeyFingerprint], unknown: [String])
    /// An approval says that it is of a believed key, and is not of this release.
    case badApproval(KeyFingerprint)
    case receipts(needed: Int, found: [KeyFingerprint])
    case pastBestBefore(date: String, now: String)
    /// This host's clock cannot be right.
    case clock(now: String)

    /// A downgrade was to be overridden, and the policy says never.
    case downgradeNever

    /// As a warning, for programs; those of time are `TimeNotice`'s, which may have said it already.
    package var code: String {
        switch self {
        case .pastBestBefore: "best-before-passed"
        case .clock(let now): now >= "2100" ? "clock-in-the-future" : "clock-in-the-past"
        default: "policy-\(rule.rawValue)"
        }
    }

    package var rule: PolicyRule {
        switch self {
        case .productNotAllowed: .product
        case .signatures: .signatures
        case .approvals, .badApproval: .approvals
        case .receipts: .receipts
        case .pastBestBefore: .bestBefore
        case .clock: .clock
        case .downgradeNever: .downgrade
        }
    }
}
