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
