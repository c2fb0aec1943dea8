// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Installer
import Reporting
import Trust

/// Writes receipts where it is known how something ended. Nothing that was done ever fails for the want of one: that is said,
/// and the exit status stays (host-state §15).
struct HostReceipts {
    let facts: HostFacts
    let console: Console
    let clock = SystemClock()

    init(_ session: HostSession) {
        facts = session.facts
        console = session.console
    }

    init(facts: HostFacts, console: Console) {
        self.facts = facts
        self.console = console
    }

    /// Whether this host signs receipts; says so when it does not.
    func isPossible() -> Bool {
        do {
            if try HostKey().load() != nil { return true }
            console.warn("this host has no key of its own, so it signs no receipt of this")
            console.say("bundle: hint: `bundle key host` makes one")
        } catch { complain(error) }
        return false
    }

    /// Signs and writes one; says its number.
    /// - Parameter key: the host's by default.
    @discardableResult
    func give(_ draft: ReceiptBook.Draft, by key: SigningKey? = nil) -> Receipt? {
        do {
            guard let key = try key ?? HostKey().load() else {
                _ = isPossible()
                return nil
            }
            var draft = draft
            if draft.root == nil { draft.root = try HostTrust.mark() }
            let book = ReceiptBook()
            let receipt = try book.write(draft, by: key, facts: facts, clock: clock)
            var subject = AuditEntry.Subject(verb: "receipt", product: draft.subject.product)
            subject.digest = draft.subject.digest
            subject.keys = [receipt.host.hex]
            try book.tell(receipt, subject: subject, process: ProcessFacts.id, facts: facts, clock: clock)
            console.say("receipt \(receipt.number) is written: \(draft.verb), \(draft.outcome.rawValue)")
            return receipt
        } catch {
            complain(error)
            return nil
        }
    }

    /// Writes the receipt that is owed of this product, if its operation has ended; nobody's crash loses it.
    /// - Parameter why: what the operator was told, where it did not end well.
    func settle(_ product: ReleaseName?, why: String?) {
        guard let product else { return }
        let layout = HostLayout(product: product)
        do {
            guard try FileSystem.exists(layout.owedReceipt) else { return }
            guard let owed = try OwedReceipt.load(layout) else { return try OwedReceipt.drop(layout) }
            switch try owed.standing(layout) {
            case .open: return
            case .neverBegun: break
            case .ended(let outcome, let lastNote):
                var draft = HostReceipts.draft(owed, outcome, lastNote: lastNote)
                if draft.detail == nil { draft.detail = why }
                give(draft)
            }
            try OwedReceipt.drop(layout)
        } catch {
            complain(error)
        }
    }

    /// - Parameter lastNote: of the journal; a rehearsal's last one says how many connections failed.
    static func draft(_ owed: OwedReceipt, _ outcome: JournalOutcome, lastNote: String?) -> ReceiptBook.Draft {
        let isRehearsal = owed.verb == "rehearse"
        let isGood = outcome == .done && (!isRehearsal || lastNote?.hasPrefix("0 of ") == true)
        var draft = ReceiptBook.Draft(
            verb: owed.verb, outcome: isGood ? .good : isRehearsal ? .failed : .rolledBack, subject: owed.subject)
        draft.root = owed.root
        draft.signers = owed.signers.compactMap { KeyFingerprint(hex: $0) }
        draft.approvals = owed.approvals.compactMap { KeyFingerprint(hex: $0) }
        draft.overrides = owed.overrides
        draft.note = owed.note
        draft.detail = isRehearsal ? lastNote : nil
        return draft
    }

    private func complain(_ error: any Error) {
        let explanation = Explanation.orPlain(error)
        console.warn("no receipt could be written: \(explanation.message)")
        if let hint = explanation.hint { console.say("bundle: hint: \(hint)") }
    }
}
