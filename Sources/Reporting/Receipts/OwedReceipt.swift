// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostRecords
import HostSystem

/// What a receipt will say of an operation that is under way. It is on the disk before the operation begins and goes when
/// the receipt is written, so that one which a crash cut short, or whose bake ends after the next boot, gets its receipt when
/// it is true how it ended (host-state §15).
package struct OwedReceipt: Codable, Equatable, Sendable {
    package var verb: String
    package var product: ReleaseName
    package var version: Version?
    package var arch: Architecture?
    package var digest: Digest?
    package var root: Receipt.RootMark?
    /// Fingerprints.
    package var signers: [String]
    package var approvals: [String]
    package var overrides: [AuditEntry.Override]
    package var note: String?
    /// Which run it is: its journal has the same two.
    package var process: Int32
    package var bootID: String

    package init(subject: AuditEntry.Subject, product: ReleaseName, note: String?, process: Int32, bootID: String) {
        verb = subject.verb
        self.product = product
        version = subject.version
        digest = subject.digest
        root = subject.root
        signers = subject.keys
        approvals = subject.approvals ?? []
        overrides = subject.overrides
        self.note = note
        self.process = process
        self.bootID = bootID
    }

    private static let limit = 1 << 20

    /// On the disk when it returns.
    package func save(_ layout: HostLayout) throws {
        try FileSystem.createDirectories(layout.records)
        try FileSystem.write(try CanonicalDocument.encode(self), to: layout.owedReceipt, permissions: 0o600)
    }

    /// - Returns: nil when none is owed. One that cannot be read is none: what it was of is in the history.
    package static func load(_ layout: HostLayout) throws -> OwedReceipt? {
        guard try FileSystem.exists(layout.owedReceipt) else { return nil }
        let bytes = try FileSystem.readAll(layout.owedReceipt, limit: limit, followLinks: false)
        return try? CanonicalDocument.decode(
            OwedReceipt.self, from: bytes, document: layout.owedReceipt.name, limit: limit)
    }

    package static func drop(_ layout: HostLayout) throws {
        if try FileSystem.remove(layout.owedReceipt) { try FileSystem.syncDirectory(layout.records) }
    }

    /// How its operation ended; nil while it is open, or stuck.
    package enum Standing: Equatable, Sendable {
        /// - Parameter lastNote: the last words of the journal.
        case ended(JournalOutcome, lastNote: String?)
        case open
        /// Nothing was ever begun: it was refused before.
        case neverBegun
    }

    package func standing(_ layout: HostLayout) throws -> Standing {
        for entry in try History.list(layout) {
            guard let record = entry.record, record.header.process == process, record.header.bootID == bootID,
                record.header.verb == verb
            else { continue }
            guard let outcome = record.outcome, outcome != .stuck else { return .open }
            return .ended(outcome, lastNote: record.notes.last?.words)
        }
        return .neverBegun
    }

    /// What it is about, for the receipt.
    package var subject: Receipt.Subject {
        guard let version, let digest, let arch else { return .product(product) }
        return .release(ReleaseIdentity(name: product, version: version, arch: arch), digest: digest)
    }
}
