// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
package import HostSystem
package import Trust

/// The receipts of this host: one chain for all products (host-state §15).
package struct ReceiptBook: Sendable {
    package let directory: HostPath
    private let log: AuditLog

    package init(root: HostPath = "/") {
        directory = HostLayout.receipts(root: root)
        log = AuditLog(root: root)
    }

    /// What is to be said; number, place in the chains and signature come from the book.
    package struct Draft: Sendable {
        package var verb: String
        package var outcome: Receipt.Outcome
        package var subject: Receipt.Subject
        package var root: Receipt.RootMark?
        package var signers: [KeyFingerprint] = []
        package var approvals: [KeyFingerprint] = []
        package var overrides: [AuditEntry.Override] = []
        package var note: String?
        package var detail: String?

        package init(verb: String, outcome: Receipt.Outcome, subject: Receipt.Subject) {
            self.verb = verb
            self.outcome = outcome
            self.subject = subject
        }
    }

    /// Writes the next one and says so in the log. The number is taken by a rename that replaces nothing, and the signature
    /// is there before the receipt is, so a crash leaves the one whole or none of it.
    /// - Returns: on the disk when it returns.
    package func write(_ draft: Draft, by key: SigningKey, facts: HostFacts, clock: some HostClock) throws -> Receipt {
        try FileSystem.createDirectories(directory.parent)
        try FileSystem.createDirectory(directory, permissions: 0o700)
        let lock = try HostFile.open(directory / ".lock", .update(permissions: 0o600), followLinks: false)
        try lock.waitForLock()
        // Held to the end: two runs must not take one number.
        defer { withExtendedLifetime(lock) {} }
        try FileSystem.removeLeftTemporaries(in: directory)
        let verdict = try log.verify()
        let last = try last(verdict.entries, by: key)
        guard last.number < Receipt.lastNumber else { throw ReceiptBookError.full }
        var receipt = Receipt(
            number: last.number + 1, host: key.publicKey.fingerprint, before: last.sha256, log: verdict.mark,
            hostName: facts.hostname, wallSeconds: clock.wallSeconds(),
            monotonicMilliseconds: clock.monotonicMilliseconds(), bootID: facts.bootID, verb: draft.verb,
            outcome: draft.outcome, subject: draft.subject)
        receipt.voidsOneBefore = last.isTorn
        receipt.root = draft.root
        receipt.signers = draft.signers
        receipt.approvals = draft.approvals
        receipt.overrides = draft.overrides
        receipt.note = draft.note
        receipt.detail = draft.detail
        try put(receipt, by: key)
        return receipt
    }

    private func put(_ receipt: Receipt, by key: SigningKey) throws {
        let bytes = receipt.bytes
        let name = Receipt.fileName(receipt.number)
        let comment = "bundle receipt \(receipt.number) of host \(receipt.host)"
        let signature = try DocumentSigning.sign(bytes, as: .receipt, comment: comment, with: key)
        // Of a receipt that never came: what a crash left here names nothing that is there.
        try FileSystem.write(signature, to: directory / (name + Receipt.signatureSuffix), permissions: 0o600)
        let draft = directory / (FileSystem.temporaryPrefix + name)
        try FileSystem.write(bytes, to: draft, permissions: 0o600)
        try FileSystem.renameNoReplace(draft, to: directory / name)
        try FileSystem.syncDirectory(directory)
    }

    private struct Last {
        var number: Int
        var sha256: Digest?
        /// It is there and is not what any run of ours leaves: a disk that lied about a sync.
        var isTorn = false
    }

    /// The one before: of the files, or of the log where that knows of a later one. A number is never given twice, also
    /// when somebody took the newest receipts away: that stays a gap.
    private func last(_ entries: [AuditEntry], by key: SigningKey) throws -> Last {
        let number = try numbers().last ?? 0
        if let told = entries.compactMap(\.receipt).max(by: { $0.number < $1.number }), told.number > number {
            return Last(number: told.number, sha256: told.sha256)
        }
        guard number > 0 else { return Last(number: 0) }
        let (bytes, signature) = try read(number)
        let own = Keyring(keys: [key.publicKey])
        // That of a former key of this host cannot be judged by this one; it can be read all the same.
        let receipt = try? Receipt(parsing: bytes)
        let isOwn = receipt?.host == key.publicKey.fingerprint
        let proven = isOwn ? try? ProvenReceipt.judge(bytes, signature: signature ?? [], by: own) : nil
        return Last(
            number: number, sha256: Digest.ofBytes(bytes),
            isTorn: receipt == nil || receipt?.number != number || isOwn && proven == nil)
    }

    /// Numbers of the receipts that are there, in order.
    package func numbers() throws -> [Int] {
        guard try FileSystem.status(directory)?.kind == .directory else { return [] }
        return try FileSystem.list(directory).compactMap(CarriedReceipts.number).sorted()
    }

    /// The bytes of one, and of its signature where there is one.
    package func read(_ number: Int) throws -> (receipt: [UInt8], signature: [UInt8]?) {
        let path = directory / Receipt.fileName(number)
        let signature = HostPath(path.text + Receipt.signatureSuffix)
        return (
            try FileSystem.readAll(path, limit: 1 << 20, followLinks: false),
            try FileSystem.exists(signature)
                ? try FileSystem.readAll(signature, limit: 1 << 20, followLinks: false) : nil
        )
    }

    /// The log's own word of a receipt, so that one that was taken away is missed.
    package func tell(
        _ receipt: Receipt, subject: AuditEntry.Subject, process: Int32, facts: HostFacts, clock: some HostClock
    ) throws {
        var entry = AuditEntry(subject: subject, outcome: .done, process: process, facts: facts, clock: clock)
        entry.receipt = AuditEntry.ReceiptMark(number: receipt.number, sha256: Digest.ofBytes(receipt.bytes))
        try log.append(entry)
    }
}

package enum ReceiptBookError: Error, Equatable, Sendable {
    /// Number 999999 was written.
    case full
}
