// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
import Reporting
import Testing
import Trust

/// Receipts on a host's disk: numbers are given once, and what a crash or a hand left shows in the next one.
@Suite struct ReceiptBookTests {
    let scratch: Scratch
    let book: ReceiptBook
    let log: AuditLog
    let facts = HostFacts(hostname: "web-1", bootID: "boot")

    init() throws {
        scratch = try Scratch()
        book = ReceiptBook(root: scratch.path)
        log = AuditLog(root: scratch.path)
    }

    @discardableResult
    private func write(_ verb: String = "install", key: UInt8 = 7) throws -> Receipt {
        try log.append(
            AuditEntry(
                subject: AuditEntry.Subject(verb: verb), outcome: .done, exitStatus: 0, process: 1, facts: facts,
                clock: StandingClock()))
        let draft = ReceiptBook.Draft(verb: verb, outcome: .good, subject: .host)
        let receipt = try book.write(draft, by: Pad.key(key), facts: facts, clock: StandingClock())
        try book.tell(
            receipt, subject: AuditEntry.Subject(verb: "receipt"), process: 1, facts: facts, clock: StandingClock())
        return receipt
    }

    private func carried() throws -> CarriedReceipts {
        var carried = CarriedReceipts(logs: ["audit.log": try FileSystem.readAll(log.path, limit: 1 << 20)])
        for name in try FileSystem.list(book.directory) where !name.hasPrefix(".") {
            carried.files[name] = try FileSystem.readAll(book.directory / name, limit: 1 << 20)
        }
        return carried
    }

    private func faults() throws -> [ReceiptFindings.Fault] {
        try carried().judge(by: Keyring(keys: [Pad.key(7).publicKey, Pad.key(8).publicKey])).faults
    }

    @Test func theyAreNumberedAndHoldTogether() throws {
        for _ in 0..<3 { try write() }
        #expect(try book.numbers() == [1, 2, 3])
        #expect(try faults().isEmpty)
        #expect(try FileSystem.status(book.directory)?.permissions == 0o700)
        #expect(try FileSystem.status(book.directory / "000001.receipt")?.permissions == 0o600)
        // Another key from now on: the chain goes on.
        try write(key: 8)
        #expect(try faults().isEmpty)
    }

    @Test func aNumberIsNeverGivenTwice() throws {
        for _ in 0..<3 { try write() }
        for name in ["000002.receipt", "000003.receipt"] { try FileSystem.remove(book.directory / name) }
        #expect(try write().number == 4)
        #expect(try faults() == [.missing(2...3)])
    }

    @Test func whatACrashLeftIsNoReceipt() throws {
        try write()
        try FileSystem.write([1, 2], to: book.directory / "000002.receipt.minisig")
        try FileSystem.write([1, 2], to: book.directory / ".bundle-tmp-000002.receipt")
        #expect(try write().number == 2)
        #expect(try faults().isEmpty)
        #expect(try !FileSystem.list(book.directory).contains { $0.hasPrefix(".bundle-tmp") })
    }

    @Test func aTornOneIsVoidedByTheNext() throws {
        for _ in 0..<2 { try write() }
        try FileSystem.write([], to: book.directory / "000002.receipt")
        let third = try write()
        #expect(third.number == 3 && third.voidsOneBefore && third.before == Digest.ofBytes([]))
        #expect(try faults().contains(.voided(2)))
        #expect(try write().voidsOneBefore == false)
    }

    @Test func nothingIsWrittenBehindABrokenLog() throws {
        try write()
        var bytes = try FileSystem.readAll(log.path, limit: 1 << 20)
        bytes[70] ^= 1
        try FileSystem.write(bytes, to: log.path)
        let draft = ReceiptBook.Draft(verb: "install", outcome: .good, subject: .host)
        #expect(throws: RecordError.self) {
            try book.write(draft, by: Pad.key(7), facts: facts, clock: StandingClock())
        }
    }

    @Test func whoWriteSideBySideTakeTurns() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<12 { group.addTask { try self.write() } }
            try await group.waitForAll()
        }
        #expect(try book.numbers() == Array(1...12))
        #expect(try faults().isEmpty)
    }

    @Test func whatIsOwedIsKnownByItsJournal() throws {
        let layout = HostLayout(root: scratch.path, product: try #require(ReleaseName("shop")))
        var subject = AuditEntry.Subject(verb: "install", product: layout.product, version: Version("1.4.0"))
        subject.digest = Digest.ofBytes([9])
        subject.keys = ["0123456789abcdef0123456789abcdef"]
        let owed = OwedReceipt(subject: subject, product: layout.product, note: "n", process: 40, bootID: "boot")
        #expect(try OwedReceipt.load(layout) == nil)
        try owed.save(layout)
        #expect(try OwedReceipt.load(layout) == owed)
        #expect(try owed.standing(layout) == .neverBegun)
        func header(_ process: Int32) -> JournalHeader {
            JournalHeader(
                verb: "install", product: layout.product, started: 1, bootID: "boot", process: process, plan: [])
        }
        for (process, outcome) in [(39, JournalOutcome.undone), (40, .done)] as [(Int32, JournalOutcome)] {
            let journal = try Journal.begin(layout, header: header(process), clock: StandingClock())
            #expect(try owed.standing(layout) == (process == 40 ? .open : .neverBegun))
            try journal.close(outcome: outcome)
        }
        #expect(try owed.standing(layout) == .ended(.done, lastNote: nil))
        try OwedReceipt.drop(layout)
        #expect(try OwedReceipt.load(layout) == nil)
    }
}
