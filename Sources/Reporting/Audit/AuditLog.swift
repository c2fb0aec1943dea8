// SPDX-License-Identifier: Apache-2.0
import FoundationEssentials
import HostRecords
package import HostSystem

/// What was tried on this host and how it ended, for all products, in a hash-chained file (host-state §4): a line that is
/// changed, taken out or put in between shows. It cannot show that its end was cut off: receipts carry its head away.
package struct AuditLog: Sendable {
    package let path: HostPath

    package init(root: HostPath = "/") { path = HostLayout.auditLog(root: root) }

    /// What checking the chain found.
    package struct Verdict: Equatable, Sendable {
        /// Readable entries, oldest first.
        package let entries: [AuditEntry]
        /// Lines that fit the chain but that this `bundle` does not understand.
        package let foreign: Int
        /// Bytes of a line that a crash tore; the next entry voids them.
        package let tornBytes: Int
        /// How many torn lines were voided.
        package let voided: Int
        /// HEX of the last line: what a receipt quotes.
        package let head: String
    }

    /// On the disk when it returns. Runs side by side wait for each other: a run that was refused because another holds
    /// the host's lock is written down as well.
    /// - Throws: `RecordError.chainBroken` when the log was tampered with: nothing is ever added behind a break.
    package func append(_ entry: AuditEntry) throws {
        try FileSystem.createDirectories(path.parent)
        try ChainedFile.open(path, permissions: 0o600, shared: true).append(entry)
    }

    /// Checks every line. An absent log has no entries.
    package func verify() throws -> Verdict {
        guard try FileSystem.exists(path) else {
            return Verdict(entries: [], foreign: 0, tornBytes: 0, voided: 0, head: ChainedText.origin)
        }
        let text = try ChainedFile.read(path)
        let entries = text.documents.compactMap { try? JSONDecoder().decode(AuditEntry.self, from: Data($0)) }
        return Verdict(
            entries: entries, foreign: text.documents.count - entries.count, tornBytes: text.tornBytes,
            voided: text.voided, head: text.head)
    }
}
