// SPDX-License-Identifier: Apache-2.0
package import HostSystem

/// What the operation under way intends and has done, synced before and after each step (host-state §3). It is open from
/// `begin` to `close`; one that is found open at the start of a command belongs to a run that died.
package final class Journal {
    private let layout: HostLayout
    private let clock: any HostClock
    private let file: ChainedFile
    private var sequence: Int
    package let header: JournalHeader

    private init(
        layout: HostLayout, clock: any HostClock, file: ChainedFile, sequence: Int, header: JournalHeader
    ) {
        self.layout = layout
        self.clock = clock
        self.file = file
        self.sequence = sequence
        self.header = header
    }

    /// Opens a new one: its first line is put in place whole, so that a journal without a header never exists.
    /// - Parameter reserves: takes room of the disk for the way back; what only takes away must work without.
    /// - Throws: `RecordError.operationOpen` when another has not ended.
    package static func begin(
        _ layout: HostLayout, header: JournalHeader, clock: any HostClock, reserves: Bool = true
    ) throws -> Journal {
        guard try !FileSystem.exists(layout.journal) else { throw RecordError.operationOpen(path: layout.journal) }
        try FileSystem.createDirectories(layout.history)
        // A first operation that loses them with the power would leave what it made elsewhere to nobody.
        for above in [layout.records.parent, layout.records.parent.parent] { try FileSystem.syncDirectory(above) }
        // What an operation put aside is of use only while its journal is open.
        try FileSystem.removeTree(layout.operation)
        try FileSystem.createDirectory(layout.operation, permissions: 0o700)
        let first = JournalLine(sequence: 1, at: clock.wallSeconds(), entry: .begun(header))
        let line = ChainedText.line(try RecordCoding.encode(first), after: ChainedText.origin)
        try FileSystem.write(line.text, to: layout.journal, permissions: 0o600)
        if reserves { try reserve(layout) }
        return Journal(
            layout: layout, clock: clock, file: try ChainedFile.open(layout.journal, permissions: 0o600), sequence: 1,
            header: header)
    }

    /// A few hundred lines, a record, and the units of a product.
    private static let reserveBytes: Int64 = 1 << 20

    private static func reserve(_ layout: HostLayout) throws {
        do {
            try HostFile.open(layout.reserve, .create(permissions: 0o600), followLinks: false).reserve(reserveBytes)
        } catch {
            // Nothing has begun.
            _ = try? FileSystem.remove(layout.journal)
            _ = try? FileSystem.remove(layout.reserve)
            throw error
        }
    }

    /// The way back, or the end, needs a little room, on a disk that may be full by now.
    package func giveUpReserve() { _ = try? FileSystem.remove(layout.reserve) }

    /// Opens the one that a dead run left, to undo or finish it.
    /// - Returns: nil when there is none. One that had ended but was not put away yet is put away.
    package static func resume(_ layout: HostLayout, clock: any HostClock) throws -> (Journal, JournalRecord)? {
        guard try FileSystem.exists(layout.journal) else { return nil }
        let record = try JournalRecord.read(layout.journal)
        let file = try ChainedFile.open(layout.journal, permissions: 0o600)
        let journal = Journal(
            layout: layout, clock: clock, file: file, sequence: record.lines.count, header: record.header)
        if let outcome = record.outcome, outcome != .stuck {
            try journal.putAway()
            return nil
        }
        return (journal, record)
    }

    /// On the disk when it returns.
    package func append(_ entry: JournalEntry) throws {
        try file.append(JournalLine(sequence: sequence + 1, at: clock.wallSeconds(), entry: entry))
        sequence += 1
    }

    /// Says how it ended and moves it to the history. `stuck` is written down too, but leaves the journal open: the next
    /// run has to recover first.
    package func close(outcome: JournalOutcome) throws {
        if outcome != .stuck { try layout.syncNames() }
        try append(.outcome(outcome))
        if outcome != .stuck { try putAway() }
    }

    private func putAway() throws {
        let number = (try History.numbers(layout).last ?? 0) + 1
        // Not synced: a power cut may bring it back to where it was, with its outcome, and whoever resumes it puts it away again.
        try FileSystem.renameNoReplace(layout.journal, to: History.path(layout, number))
        // It has ended, whatever comes of this: what is left is of no use to anybody, and goes with the next one or `recover`.
        Journal.clearOperation(layout)
    }

    /// Takes away what an operation that has ended put aside. The caller holds the lock.
    package static func clearOperation(_ layout: HostLayout) { _ = try? FileSystem.removeTree(layout.operation) }
}
