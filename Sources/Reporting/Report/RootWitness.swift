// SPDX-License-Identifier: Apache-2.0

/// What the audit log and receipts say that this host believed, held against what it believes. A chain of trust roots proves
/// each root by the one before, and cannot show that its end was taken away: then keys that were revoked count again.
package struct RootWitness {
    /// Of this host's logs, oldest first.
    let entries: [AuditEntry]
    /// Proven, by number.
    let receipts: [Receipt]

    package init(entries: [AuditEntry], receipts: [Receipt]) {
        self.entries = entries
        self.receipts = receipts
    }

    /// The newest root that was believed here and is not any more.
    /// - Parameter believed: the whole chain.
    package func lost(_ believed: [Receipt.RootMark]) -> (mark: Receipt.RootMark, witness: String)? {
        // A person who said `trust adopt --replace` began another chain.
        let first =
            entries.lastIndex { $0.subject.verb == "trust adopt" && $0.outcome == .done && $0.isOverriding } ?? 0
        let earlier = entries[..<first].compactMap(\.receipt?.number).max() ?? 0
        // A person may have adopted a later root of the same chain, behind which the earlier ones are not kept.
        let lowest = believed.map(\.number).min() ?? 0
        var lost: (mark: Receipt.RootMark, witness: String)?
        func look(_ mark: Receipt.RootMark?, _ witness: String) {
            guard let mark, mark.number >= lowest, !believed.contains(mark), mark.number > lost?.mark.number ?? 0 else {
                return
            }
            lost = (mark, witness)
        }
        for entry in entries[first...] { look(entry.subject.root, "the audit log") }
        for receipt in receipts where receipt.number > earlier {
            look(receipt.root, "receipt \(receipt.number)")
        }
        return lost
    }

    /// - Parameter place: where the roots are.
    package func finding(_ believed: [Receipt.RootMark], at place: String) -> AuditFinding? {
        guard let (mark, witness) = lost(believed) else { return nil }
        let newest = believed.max { $0.number < $1.number }
        return AuditFinding(
            .damage, .trust, newest == nil ? .missing : .changed, at: place,
            expected: "trust root \(mark.number), SHA-256 \(mark.sha256), which \(witness) names",
            found: newest.map { "trust root \($0.number), SHA-256 \($0.sha256)" } ?? "no trust root",
            remedy:
                "find out who took it away; bring it again: bundle trust update FILE, or, where a person vouches for "
                + "another: bundle trust adopt FILE --fingerprint F --replace --reason R")
    }
}

extension AuditEntry {
    fileprivate var isOverriding: Bool { !subject.overrides.isEmpty }
}
