// SPDX-License-Identifier: Apache-2.0
import HostRecords
import HostSystem
import Testing

struct JournalTests {
    let scratch: Scratch
    let layout: HostLayout
    let clock = StepClock()

    init() throws {
        scratch = try Scratch()
        layout = try Samples.layout(scratch)
    }

    private func begin() throws -> Journal {
        try Journal.begin(layout, header: try Samples.header(), clock: clock)
    }

    @Test func aWholeOperation() throws {
        let journal = try begin()
        #expect(try FileSystem.status(layout.operation)?.permissions == 0o700)
        #expect(throws: RecordError.operationOpen(path: layout.journal)) { try begin() }
        for step in ["stage", "unpack"] {
            try journal.append(.intent(step))
            try journal.append(.done(step))
        }
        let open = try History.list(layout)
        #expect(open.map(\.number) == [nil])
        #expect(open[0].record?.outcome == nil)
        try journal.close(outcome: .done)

        #expect(try FileSystem.list(layout.records) == ["history"])
        try begin().close(outcome: .undone)
        let list = try History.list(layout)
        #expect(list.map(\.number) == [2, 1])
        #expect(list.map(\.record?.outcome) == [.undone, .done])
        #expect(list[1].record?.done == ["stage", "unpack"])
        #expect(list[1].record?.header == (try Samples.header()))
        #expect(try Journal.resume(layout, clock: clock) == nil)
    }

    /// The process dies after any byte of any line: what was whole is read, what was torn is reported, and the next run
    /// writes on.
    @Test func everyTearIsSurvived() throws {
        let journal = try begin()
        try journal.append(.intent("stage"))
        try journal.append(.done("stage"))
        try journal.append(.intent("unpack"))
        let whole = try FileSystem.readAll(layout.journal, limit: 1 << 20)
        let ends = whole.indices.filter { whole[$0] == 0x0a }.map { $0 + 1 }
        for count in ends[0]...whole.count {
            try FileSystem.write(Array(whole[..<count]), to: layout.journal)
            // A line that lacks nothing but its line feed is whole.
            let wholeLines = ends.filter { $0 - 1 <= count }.count
            let torn = max(0, count - ends[wholeLines - 1])
            let record = try JournalRecord.read(layout.journal)
            #expect(record.lines.count == wholeLines)
            #expect(record.tornBytes == torn)
            let resumed = try #require(try Journal.resume(layout, clock: clock))
            try resumed.0.append(.note("recovering"))
            let after = try JournalRecord.read(layout.journal)
            #expect(after.lines.map(\.entry) == record.lines.map(\.entry) + [.note("recovering")])
            #expect(after.tornBytes == 0)
            // Nothing was taken away: the torn bytes are still there, between whole lines.
            #expect(try FileSystem.readAll(layout.journal, limit: 1 << 20).starts(with: whole[..<count]))
        }
    }

    /// A block that was allocated and never written reads as zeros.
    @Test(arguments: [[UInt8](repeating: 0, count: 512), [0x0a], Array("0123 {}".utf8), [0xff, 0x0a]])
    func aTailOfAnythingIsTorn(tail: [UInt8]) throws {
        _ = try begin()
        let whole = try FileSystem.readAll(layout.journal, limit: 1 << 20)
        try FileSystem.write(whole + tail, to: layout.journal)
        #expect(try JournalRecord.read(layout.journal).tornBytes == tail.count)
        let resumed = try #require(try Journal.resume(layout, clock: clock))
        try resumed.0.close(outcome: .undone)
        #expect(try History.list(layout)[0].record?.outcome == .undone)
    }

    /// A tear inside a line that voids another.
    @Test func tornTwice() throws {
        _ = try begin()
        let whole = try FileSystem.readAll(layout.journal, limit: 1 << 20)
        try FileSystem.write(whole + Array("torn".utf8), to: layout.journal)
        _ = try Journal.resume(layout, clock: clock)
        let voided = try FileSystem.readAll(layout.journal, limit: 1 << 20)
        for count in whole.count...voided.count {
            try FileSystem.write(Array(voided[..<count]), to: layout.journal)
            guard (try? JournalRecord.read(layout.journal)) != nil else {
                Issue.record("cut at \(count) of \(voided.count)")
                continue
            }
            let resumed = try #require(try Journal.resume(layout, clock: clock))
            try resumed.0.append(.note("on"))
            #expect(try JournalRecord.read(layout.journal).lines.last?.entry == .note("on"))
        }
    }

    @Test func damageBeforeTheEndIsABreak() throws {
        let journal = try begin()
        try journal.append(.intent("stage"))
        try journal.append(.done("stage"))
        let whole = try FileSystem.readAll(layout.journal, limit: 1 << 20)
        let lastLine = (whole.dropLast().lastIndex(of: 0x0a) ?? 0) + 1
        // The line feed before the last line is left out: without it the last two look like one that was torn.
        for index in 0..<(lastLine - 1) {
            var damaged = whole
            damaged[index] ^= 1
            try FileSystem.write(damaged, to: layout.journal)
            #expect(throws: RecordError.self, "flipped \(index)") { try JournalRecord.read(layout.journal) }
            #expect(throws: RecordError.self) { try Journal.resume(layout, clock: clock) }
        }
        // A whole line taken out is a break too.
        let second = (whole.firstIndex(of: 0x0a) ?? 0) + 1
        try FileSystem.write(Array(whole[..<second] + whole[lastLine...]) + whole[lastLine...], to: layout.journal)
        #expect(throws: RecordError.chainBroken(path: layout.journal, line: 2)) {
            try JournalRecord.read(layout.journal)
        }
    }

    @Test func deadBetweenTheOutcomeAndTheHistory() throws {
        let journal = try begin()
        try journal.close(outcome: .done)
        try FileSystem.rename(layout.history / "000001.journal", to: layout.journal)
        try FileSystem.createDirectory(layout.operation)
        #expect(try Journal.resume(layout, clock: clock) == nil)
        #expect(try FileSystem.list(layout.records) == ["history"])
        #expect(try History.list(layout).map(\.record?.outcome) == [.done])
    }

    @Test func stuckStaysOpen() throws {
        try begin().close(outcome: .stuck)
        #expect(throws: RecordError.operationOpen(path: layout.journal)) { try begin() }
        let resumed = try #require(try Journal.resume(layout, clock: clock))
        #expect(resumed.1.outcome == .stuck)
        try resumed.0.close(outcome: .undone)
        #expect(try History.list(layout)[0].record?.outcome == .undone)
    }

    @Test func aFullDiskIsAnErrorAndTheWayBackHasRoom() throws {
        try FileSystem.createDirectories(layout.records)
        guard ScratchMount.mount(layout.records, size: "2m") else { return }  // needs root
        defer { ScratchMount.unmount(layout.records) }
        let journal = try begin()
        #expect(throws: SystemCallError.self) {
            for _ in 0..<100_000 { try journal.append(.note(String(repeating: "x", count: 999))) }
        }
        // What was written of the line that failed is taken back; the way back has room of its own.
        journal.giveUpReserve()
        for _ in 0..<500 { try journal.append(.undone(String(repeating: "x", count: 999))) }
        try journal.close(outcome: .undone)
        let record = try #require(try History.list(layout).first?.record)
        #expect(record.tornBytes == 0)
        #expect(record.undone.count == 500)
    }
}

extension JournalTests {
    /// The rule of host-state §3, by other hands than ours.
    @Test func stockToolsCheckTheChain() async throws {
        let journal = try begin()
        try journal.append(.intent("stage \\ \"q\" %s ü"))
        try journal.close(outcome: .done)
        let script = """
            previous=$(printf '%064d' 0)
            while read -r hex json; do
                [ "$(printf '%s\\n%s' "$previous" "$json" | sha256sum)" = "$hex  -" ] || exit 1
                previous=$hex
            done < \(layout.history / "000001.journal")
            """
        #expect(try await SystemCommandRunner().run(Command(["sh", "-c", script])).status == 0)
    }
}
