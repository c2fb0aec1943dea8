// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import BundleSpecs

/// A proven release at the door of a host, with all that a policy may ask about it (trust §7).
package struct PolicyCase: Sendable {
    /// A signature that may be an approval, and what people call it: a key id says nothing to them.
    package struct ApprovalFile: Sendable {
        package let name: String
        package let signature: MinisignSignature

        package init(name: String, signature: MinisignSignature) {
            self.name = name
            self.signature = signature
        }
    }

    package let release: ReleaseIdentity
    package let digest: Digest
    /// Release keys that signed and are believed.
    package let signers: [KeyFingerprint]
    /// Signature files that may be approvals of it.
    package let approvals: [ApprovalFile]
    /// Host keys whose proven receipts say that this very release is good there.
    package let witnesses: Set<KeyFingerprint>
    /// RFC 3339 in UTC with whole seconds.
    package let now: String
    /// Whether `now` can be right at all: it is not before what this host has seen.
    package let clockIsBelievable: Bool

    package init(
        release: ReleaseIdentity, digest: Digest, signers: [KeyFingerprint], approvals: [ApprovalFile] = [],
        witnesses: Set<KeyFingerprint> = [], now: String, clockIsBelievable: Bool = true
    ) {
        self.release = release
        self.digest = digest
        self.signers = signers
        self.approvals = approvals
        self.witnesses = witnesses
        self.now = now
        self.clockIsBelievable = clockIsBelievable
    }
}

/// What a policy says of a release.
package struct PolicyVerdict: Equatable, Sendable {
    /// Rules that refuse it; empty for one that may come in.
    package var refusals: [PolicyFault] = []
    /// Rules that do not hold and only warn.
    package var warnings: [PolicyFault] = []
    /// Rules that do not hold and were overridden.
    package var overridden: [PolicyFault] = []
    /// Who approved.
    package var approvers: [KeyFingerprint] = []
    /// Whose receipts counted.
    package var witnesses: [KeyFingerprint] = []

    package init() {}
}

extension HostPolicy {
    /// Decides whether a proven release may come in. Pure.
    ///
    /// - Parameters:
    ///   - root: whose keys of the roles `approve` and `host` count; nil where nothing was adopted.
    ///   - overriding: rules that the operator overrides, each with a reason in the audit log.
    package func judge(_ offered: PolicyCase, by root: TrustRoot?, overriding: Set<PolicyRule> = []) -> PolicyVerdict {
        var verdict = PolicyVerdict()
        func meet(_ fault: PolicyFault, _ reaction: Reaction = .refuse) {
            if overriding.contains(fault.rule) {
                verdict.overridden.append(fault)
            } else if reaction == .warn {
                verdict.warnings.append(fault)
            } else {
                verdict.refusals.append(fault)
            }
        }
        if let products, !products.contains(offered.release.name.text) {
            meet(.productNotAllowed(offered.release.name, allowed: products))
        }
        if Set(offered.signers).count < signatures {
            meet(.signatures(needed: signatures, found: Set(offered.signers).sorted()))
        }
        let approved = approved(offered, root)
        verdict.approvers = approved.found
        if let fault = approved.fault { meet(fault) }
        if let receipts {
            verdict.witnesses = counted(offered.witnesses, receipts, root)
            if verdict.witnesses.count < receipts.hosts {
                meet(.receipts(needed: receipts.hosts, found: verdict.witnesses))
            }
        }
        if let root, let date = root.bestBefore, root.isPastBestBefore(now: offered.now) {
            meet(.pastBestBefore(date: date, now: offered.now), bestBefore)
        }
        if !offered.clockIsBelievable { meet(.clock(now: offered.now), clock) }
        return verdict
    }

    /// Who approved, and what is missing. Where nothing is asked for, an approval that lies about is nobody's hindrance.
    private func approved(_ offered: PolicyCase, _ root: TrustRoot?) -> (found: [KeyFingerprint], fault: PolicyFault?) {
        let ring = root?.keyring(for: .approve) ?? Keyring(keys: [])
        let needed = approvals == 0 ? 0 : max(approvals, ring.threshold)
        guard needed > 0 else { return ([], nil) }
        let line = Approval.document(offered.release, digest: offered.digest)
        do throws(TrustError) {
            let all = Keyring(keys: Array(ring.keys.values), revoked: ring.revoked, threshold: needed)
            let verdict = try all.judge(document: line, kind: .approval, signatures: offered.approvals.map(\.signature))
            return (verdict.established.map(\.fingerprint), nil)
        } catch {
            switch error {
            case .documentThresholdNotMet(_, _, let found, let unknown):
                let strange = offered.approvals.filter { unknown.contains($0.signature.keyID) }.map(\.name)
                return (found, .approvals(needed: needed, found: found, unknown: strange.sorted()))
            case .badDocumentSignature(_, let key): return ([], .badApproval(key))
            default: return ([], .approvals(needed: needed, found: [], unknown: []))
            }
        }
    }

    private func counted(
        _ witnesses: Set<KeyFingerprint>, _ receipts: Receipts, _ root: TrustRoot?
    ) -> [KeyFingerprint] {
        let believed = root?.keyring(for: .host).keys ?? [:]
        return witnesses.filter { key in
            believed[key] != nil && (receipts.from?.contains(key.hex) ?? true)
        }.sorted()
    }
}
