// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
import Reporting
import Testing
import Trust

/// Receipts to try things with.
enum Pad {
    static func key(_ number: UInt8) throws -> SigningKey {
        SigningKey(
            id: try #require(KeyID(bytes: [UInt8](repeating: number, count: 8))),
            key: try Ed25519PrivateKey(seed: SecretBytes(count: 32) { $0[0] = number }))
    }

    static func signature(_ bytes: [UInt8], _ key: SigningKey) throws -> [UInt8] {
        try DocumentSigning.sign(bytes, as: .receipt, comment: "receipt", with: key)
    }

    static func least() throws -> Receipt {
        Receipt(
            number: 1, host: try key(7).publicKey.fingerprint, before: nil,
            log: Receipt.LogMark(lines: 0, head: Digest.ofBytes([2])), hostName: "web-1.example",
            wallSeconds: 1_795_295_737, monotonicMilliseconds: 123_456, bootID: "6b1b36cb-0000", verb: "audit",
            outcome: .good, subject: .host)
    }

    /// One with everything that a receipt can say.
    static func full() throws -> Receipt {
        var receipt = try least()
        receipt.number = 7
        receipt.before = Digest.ofBytes([1])
        receipt.voidsOneBefore = true
        receipt.log.lines = 41
        receipt.verb = "install"
        let release = ReleaseIdentity(
            name: try #require(ReleaseName("shop")), version: Version(major: 1, minor: 4, patch: 0), arch: .amd64)
        receipt.subject = .release(release, digest: Digest.ofBytes([9]))
        receipt.root = Receipt.RootMark(number: 3, sha256: Digest.ofBytes([3]))
        receipt.signers = [try key(1).publicKey.fingerprint]
        receipt.approvals = [try key(2).publicKey.fingerprint]
        receipt.overrides = [AuditEntry.Override(rule: "bundles are signed: abc", reason: "the signer is on leave")]
        receipt.note = "change 4711"
        receipt.detail = "2 of 2 health checks"
        return receipt
    }
}

/// A host that did four things: two lines of the log for each, and one receipt that quotes the first of the two.
extension Pad {
    static func log(entries: Int, note: String? = nil, receipts: [Receipt] = []) throws -> [UInt8] {
        let scratch = try Scratch()
        let log = AuditLog(root: scratch.path)
        for index in 0..<entries {
            var entry = AuditEntry(
                subject: AuditEntry.Subject(verb: "install"), outcome: .done, exitStatus: 0, note: note, process: 7,
                facts: HostFacts(bootID: "boot"), clock: StandingClock())
            let number = index / 2 + 1
            if index % 2 == 1, let receipt = receipts.first(where: { $0.number == number }) {
                entry.receipt = .init(number: number, sha256: Digest.ofBytes(receipt.bytes))
            }
            try log.append(entry)
        }
        return try FileSystem.readAll(log.path, limit: 1 << 20)
    }

    /// Where the good log stands after so many lines.
    static func mark(_ lines: Int) throws -> Receipt.LogMark {
        let bytes = try #require(try collection().logs["audit.log"])
        let mark = try AuditLog.verdict(ofLog: bytes, path: "audit.log").marks[lines - 1]
        return Receipt.LogMark(lines: lines, head: mark.head)
    }

    static func lines(_ carried: CarriedReceipts, _ count: Int) throws -> [UInt8] {
        let text = String(decoding: try #require(carried.logs["audit.log"]), as: UTF8.self)
        return Array(text.split(separator: "\n").prefix(count).map { $0 + "\n" }.joined().utf8)
    }

    static func receipt(_ number: Int, before: Digest?, log: Receipt.LogMark) throws -> Receipt {
        var receipt = try full()
        receipt.number = number
        receipt.before = before
        receipt.voidsOneBefore = false
        receipt.log = log
        return receipt
    }

    static func collection() throws -> CarriedReceipts {
        var receipts: [Receipt] = []
        for number in 1...4 {
            let bytes = try log(entries: number * 2 - 1, receipts: receipts)
            let mark = try AuditLog.verdict(ofLog: bytes, path: "audit.log").mark
            let before = receipts.last.map { Digest.ofBytes($0.bytes) }
            receipts.append(try receipt(number, before: before, log: mark))
        }
        var carried = CarriedReceipts(logs: ["audit.log": try log(entries: 8, receipts: receipts)])
        for receipt in receipts {
            carried.files[Receipt.fileName(receipt.number)] = receipt.bytes
            carried.files[Receipt.fileName(receipt.number) + ".minisig"] = try signature(receipt.bytes, key(7))
        }
        return carried
    }
}

/// The same moment always, so that the same log comes out.
struct StandingClock: HostClock {
    func wallSeconds() -> Int64 { 1_795_295_737 }
    func monotonicMilliseconds() -> Int64 { 123_456 }
    func sleep(milliseconds: Int) async throws {}
}
