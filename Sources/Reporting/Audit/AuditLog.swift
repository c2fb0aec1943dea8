// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import FoundationEssentials
package import HostRecords
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
        /// Where it ends: what a receipt quotes.
        package let mark: Receipt.LogMark
        /// Whole lines of the file, and their HEX.
        package let marks: [ChainedText.Mark]

        package var head: String { mark.head.hex }
    }

    /// Before the first line.
    private static let origin = Receipt.LogMark(lines: 0, head: Digest(hex: ChainedText.origin) ?? Digest.ofBytes([]))

    /// On the disk when it returns. Runs side by side wait for each other: a run that was refused because another holds
    /// the host's lock is written down as well.
    /// - Throws: `RecordError.chainBroken` when the log was tampered with: nothing is ever added behind a break.
    package func append(_ entry: AuditEntry) throws {
        try FileSystem.createDirectories(path.parent)
        try ChainedFile.open(path, permissions: 0o600, shared: true).append(entry)
    }

    /// The last entry that this `bundle` understands; nil for an empty log.
    /// - Throws: `RecordError.chainBroken`.
    package func lastEntry() throws -> AuditEntry? {
        guard try FileSystem.exists(path) else { return nil }
        for document in try ChainedFile.read(path).documents.reversed() {
            if let entry = try? JSONDecoder().decode(AuditEntry.self, from: Data(document)) { return entry }
        }
        return nil
    }

    /// Checks every line. An absent log has no entries.
    package func verify() throws -> Verdict {
        guard try FileSystem.exists(path) else { return AuditLog.verdict(of: nil) }
        return AuditLog.verdict(of: try ChainedFile.read(path))
    }

    /// Where it stands; `RecordError.chainBroken` when it was tampered with.
    package func mark() throws -> Receipt.LogMark { try verify().mark }

    /// Checks the lines of a log that was brought here.
    /// - Throws: `RecordError.chainBroken`.
    package static func verdict(ofLog bytes: [UInt8], path: HostPath) throws -> Verdict {
        verdict(of: try ChainedText(bytes, path: path))
    }

    private static func verdict(of text: ChainedText?) -> Verdict {
        let documents = text?.documents ?? []
        let entries = documents.compactMap { try? JSONDecoder().decode(AuditEntry.self, from: Data($0)) }
        let last = text?.marks.last
        return Verdict(
            entries: entries, foreign: documents.count - entries.count, tornBytes: text?.tornBytes ?? 0,
            voided: text?.voided ?? 0, mark: last.map { Receipt.LogMark(lines: $0.line, head: $0.head) } ?? origin,
            marks: text?.marks ?? [])
    }
}
