// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
import Reporting
import Testing

struct AuditLogTests {
    let scratch: Scratch
    let log: AuditLog

    init() throws {
        scratch = try Scratch()
        log = AuditLog(root: scratch.path)
    }

    private func entry(_ outcome: AuditEntry.Outcome, _ status: Int?, process: Int32 = 7) throws -> AuditEntry {
        let subject = AuditEntry.Subject(
            verb: "install", product: ReleaseName("shop"), version: Version("1.4.0"),
            digest: Digest.ofBytes([1]), medium: "/media/stick/shop-1.4.0-amd64.bundle", keys: ["0123456789ABCDEF"],
            overrides: [AuditEntry.Override(rule: "unsigned", reason: "night shift,\n\"agreed\" by phone")])
        let facts = HostFacts(bootID: "boot", effectiveUser: 0, loginUser: 1000)
        return AuditEntry(
            subject: subject, outcome: outcome, exitStatus: status, process: process, facts: facts, clock: SystemClock()
        )
    }

    @Test func entriesComeBack() throws {
        #expect(try log.verify().entries.isEmpty)
        let entries = [try entry(.attempted, nil), try entry(.refused, 3), try entry(.done, 0)]
        for entry in entries { try log.append(entry) }
        let verdict = try log.verify()
        #expect(verdict.entries == entries)
        #expect(verdict.foreign == 0)
        #expect(try FileSystem.status(log.path)?.permissions == 0o600)
        let text = String(decoding: try FileSystem.readAll(log.path, limit: 1 << 20), as: UTF8.self)
        #expect(text.split(separator: "\n").count == 3)
        #expect(text.hasSuffix("\n"))
        #expect(text.split(separator: "\n").last?.hasPrefix(verdict.head) == true)
    }

    @Test func everyChangeBeforeTheLastLineShows() throws {
        for _ in 0..<3 { try log.append(try entry(.attempted, nil)) }
        let whole = try FileSystem.readAll(log.path, limit: 1 << 20)
        let last = (whole.dropLast().lastIndex(of: 0x0a) ?? 0) + 1
        for index in 0..<(last - 1) {
            var changed = whole
            changed[index] ^= 4
            try FileSystem.write(changed, to: log.path)
            #expect(throws: RecordError.self, "byte \(index)") { try log.verify() }
        }
        #expect(throws: RecordError.self, "nothing is added behind a break") {
            var changed = whole
            changed[3] ^= 4
            try FileSystem.write(changed, to: log.path)
            try log.append(try entry(.done, 0))
        }
        let first = (whole.firstIndex(of: 0x0a) ?? 0) + 1
        try FileSystem.write(Array(whole[first...]), to: log.path)
        #expect(throws: RecordError.chainBroken(path: log.path, line: 1), "the first line was taken out") {
            try log.verify()
        }
    }

    @Test func tornLineIsMarkedAndNothingIsLost() throws {
        try log.append(try entry(.attempted, nil))
        let whole = try FileSystem.readAll(log.path, limit: 1 << 20)
        try FileSystem.write(whole + Array("1234 {\"detail\"".utf8), to: log.path)
        #expect(try log.verify().tornBytes == 14)
        try log.append(try entry(.done, 0))
        let verdict = try log.verify()
        #expect(verdict.entries.map(\.outcome) == [.attempted, .done])
        #expect(verdict.tornBytes == 0)
        #expect(verdict.voided == 1)
        let text = String(decoding: try FileSystem.readAll(log.path, limit: 1 << 20), as: UTF8.self)
        #expect(text.contains("1234 {\"detail\"\n"))
    }

    @Test func writersTakeTurns() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<20 {
                group.addTask { try log.append(try entry(.attempted, nil, process: Int32(number))) }
            }
            try await group.waitForAll()
        }
        #expect(Set(try log.verify().entries.map(\.process)) == Set(0..<20))
    }
}

/// host-state §4.2: lines of an earlier tool are read, and those of today say what an auditor asks for.
@Suite struct AuditLineTests {
    @Test func aLineOfAnEarlierToolIsUnderstood() throws {
        let scratch = try Scratch()
        let json =
            #"{"bootID":"b","monotonicMilliseconds":5,"outcome":"done","process":7,"#
            + #""subject":{"keys":["0123456789ABCDEF"],"overrides":[],"verb":"install"},"user":0,"wallSeconds":9}"#
        let hex = Digest.ofBytes(Array((String(repeating: "0", count: 64) + "\n" + json).utf8)).hex
        let bytes = Array("\(hex) \(json)\n".utf8)
        let verdict = try AuditLog.verdict(ofLog: bytes, path: scratch.path)
        #expect(verdict.entries.count == 1 && verdict.foreign == 0)
        #expect(verdict.mark == Receipt.LogMark(lines: 1, head: try #require(Digest(hex: hex))))
        #expect(verdict.entries[0].receipt == nil && verdict.entries[0].subject.carrier == nil)
    }

    @Test func aLineHasKeysCarrierApprovalsAndRoot() throws {
        let scratch = try Scratch()
        let log = AuditLog(root: scratch.path)
        var subject = AuditEntry.Subject(verb: "install", medium: "/media/stick/a.bundle")
        subject.carrier = Digest.ofBytes([1])
        subject.approvals = ["0123456789abcdef0123456789abcdef"]
        subject.root = Receipt.RootMark(number: 3, sha256: Digest.ofBytes([3]))
        try log.append(
            AuditEntry(
                subject: subject, outcome: .done, process: 7, facts: HostFacts(bootID: "b"), clock: StandingClock()))
        let text = String(decoding: try FileSystem.readAll(log.path, limit: 1 << 20), as: UTF8.self)
        #expect(text.contains(#""root":{"number":3,"sha256":"\#(Digest.ofBytes([3]))"}"#))
        #expect(text.contains(#""carrier":"\#(Digest.ofBytes([1]))""#))
        #expect(try log.verify().entries[0].subject == subject)
    }

    /// The number of a line is that of the file, torn lines counted: what `head -n` takes.
    @Test func aMarkCountsLinesAsAShellDoes() throws {
        let scratch = try Scratch()
        let log = AuditLog(root: scratch.path)
        let entry = AuditEntry(
            subject: AuditEntry.Subject(verb: "install"), outcome: .done, process: 7, facts: HostFacts(bootID: "b"),
            clock: StandingClock())
        try log.append(entry)
        let whole = try FileSystem.readAll(log.path, limit: 1 << 20)
        try FileSystem.write(whole + Array("12 {".utf8), to: log.path)
        try log.append(entry)
        let text = String(decoding: try FileSystem.readAll(log.path, limit: 1 << 20), as: UTF8.self)
        let lines = text.split(separator: "\n")
        let mark = try log.mark()
        #expect(mark.lines == 4 && lines.count == 4)
        #expect(lines[mark.lines - 1].hasPrefix(mark.head.hex))
        #expect(try log.verify().marks.map(\.line) == [1, 3, 4])
    }
}
