// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Reporting

/// Checks what the host remembers: the audit log, the journals of what was done, the record that they led to.
struct RecordsComparer {
    let layout: HostLayout
    let sheet: AuditSheet
    let clock: any HostClock

    /// - Returns: its entries; nil when it cannot be believed.
    func checkLog() -> [AuditEntry]? {
        let log = AuditLog(root: layout.root)
        do {
            let verdict = try log.verify()
            sheet.log = AuditReport.Chain(
                entries: verdict.entries.count + verdict.foreign, head: verdict.head)
            if verdict.tornBytes > 0 {
                sheet.note(
                    .log, .open, at: log.path.text, found: "\(verdict.tornBytes) bytes of a line that a crash tore",
                    remedy: "nothing: the next entry voids them")
            }
            return verdict.entries
        } catch RecordError.chainBroken(_, let line) {
            sheet.damage(
                .log, .broken, at: log.path.text, expected: "a chain", found: "a break in line \(line)",
                remedy: "keep it as evidence: mv \(log.path) \(log.path).broken; a new one begins by itself")
        } catch {
            sheet.damage(.log, .broken, at: log.path.text, found: "\(error)", remedy: "restore it from a backup")
        }
        return nil
    }

    /// Journals that have ended, each a chain of its own, numbered without a gap.
    /// - Returns: those that can be read, the newest first.
    func checkHistory() -> [JournalRecord] {
        guard let entries = try? History.list(layout) else {
            sheet.damage(.state, .broken, at: layout.history.text, found: "a directory that cannot be read")
            return []
        }
        let ended = entries.filter { $0.number != nil }
        let numbers = ended.compactMap(\.number).sorted()
        for (number, wanted) in zip(numbers, 1...) where number != wanted {
            sheet.damage(
                .state, .missing, at: layout.history.text, expected: "journal \(wanted)",
                found: "journal \(number) next",
                remedy: "restore it from a backup")
            break
        }
        for entry in ended where entry.record == nil {
            sheet.damage(
                .state, .broken, at: entry.path.text, expected: "a chain", remedy: "restore it from a backup")
        }
        sheet.tally.operations += ended.count
        return ended.compactMap(\.record)
    }

    /// Jobs decide whether an older release may come back.
    func checkJobs() {
        guard (try? JobLedger(layout: layout, clock: clock).entries()) == nil else { return }
        sheet.damage(.state, .broken, at: layout.jobs.text, expected: "a chain", remedy: "restore it from a backup")
    }

    /// The record is what the last operation that ended well left.
    func compare(_ record: StateRecord, with history: [JournalRecord]) {
        let serving: Set<String> = ["install", "rollback", "reconfigure"]
        let last = history.first { serving.contains($0.header.verb) && $0.outcome == .done }
        guard let last, let digest = last.header.digest, let active = record.active, active.digest != digest else {
            return
        }
        sheet.damage(
            .state, .changed, at: layout.state.text,
            expected: "release \(digest), which the last operation made serve", found: "release \(active.digest)",
            remedy: "find out who wrote it; `bundle history \(layout.product)` tells what was done")
    }

    /// A chain cannot show that its end was cut off. What was done last stands in two places.
    func compare(_ log: [AuditEntry], with history: [JournalRecord]) {
        guard let last = history.first else { return }
        let header = last.header
        let isThere = log.contains { entry in
            entry.bootID == header.bootID && entry.process == header.process
                && (entry.subject.product == nil || entry.subject.product == header.product)
        }
        guard !isThere else { return }
        sheet.damage(
            .log, .missing, at: AuditLog(root: layout.root).path.text,
            expected: "an entry of the last operation, \(header.verb) by process \(header.process)",
            remedy: "compare it with the head in the last receipt: its end was cut off, or it was put aside")
    }
}
