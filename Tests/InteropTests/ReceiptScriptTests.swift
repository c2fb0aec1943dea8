// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Reporting
import Testing
import Trust

/// `docs/verify-receipts.sh` on what a host wrote and on what someone changed: it agrees with `bundle receipts verify`, and
/// has none of our code.
@Suite(.enabled(if: Workbench.has("openssl", "sha256sum", "base64"), "openssl is not installed"))
struct ReceiptScriptTests {
    let bench: Workbench
    let key: SigningKey
    private var place: HostPath { bench.path / "var/lib/bundle" }
    private var log: HostPath { place / "audit.log" }

    init() async throws {
        bench = try Workbench()
        key = try SigningKey.generate()
        let facts = HostFacts(hostname: "web-1", bootID: "boot")
        let book = ReceiptBook(root: bench.path)
        for verb in ["install", "rollback", "rehearse", "audit"] {
            let subject = AuditEntry.Subject(verb: verb)
            // What a shell might trip over, and what looks like the log's own word of a receipt.
            let note = #"50 % of "it"\n\\ `date` $HOME "receipt":{"number":9,"sha256":"00"}"#
            for outcome in [AuditEntry.Outcome.attempted, .done] {
                try AuditLog(root: bench.path).append(
                    AuditEntry(
                        subject: subject, outcome: outcome, note: note, process: 7, facts: facts, clock: SystemClock()))
            }
            var draft = ReceiptBook.Draft(verb: verb, outcome: .good, subject: .host)
            draft.note = note
            let receipt = try book.write(draft, by: key, facts: facts, clock: SystemClock())
            try book.tell(receipt, subject: subject, process: 7, facts: facts, clock: SystemClock())
        }
        try bench.put("host.pub", key.publicKey.file)
        try FileSystem.removeTree(place / "receipts/.lock")
    }

    private func script(pub: String = "host.pub") async throws -> CommandResult {
        let here = HostPath(#filePath).parent.parent.parent / "docs/verify-receipts.sh"
        return try await bench.run("sh", here.text, place.text, pub)
    }

    /// What our own code says of the same files.
    private func weight(_ keys: [MinisignPublicKey]? = nil) throws -> ReceiptFindings.Weight? {
        var carried = CarriedReceipts()
        for name in try FileSystem.list(place / "receipts") {
            carried.files[name] = try FileSystem.readAll(place / "receipts" / name, limit: 1 << 20)
        }
        for name in try FileSystem.list(place) where name.hasPrefix("audit.log") {
            carried.logs[name] = try FileSystem.readAll(place / name, limit: 1 << 20)
        }
        return carried.judge(by: Keyring(keys: keys ?? [key.publicKey])).weight
    }

    private func edit(_ path: HostPath, _ change: (inout [UInt8]) -> Void) throws {
        var bytes = try FileSystem.readAll(path, limit: 1 << 20)
        change(&bytes)
        try FileSystem.write(bytes, to: path)
    }

    private func lines(_ path: HostPath, _ change: (inout [Substring]) -> Void) throws {
        try edit(path) { bytes in
            var lines = String(decoding: bytes, as: UTF8.self).split(separator: "\n")
            change(&lines)
            bytes = Array(lines.map { $0 + "\n" }.joined().utf8)
        }
    }

    @Test func whatAHostWroteIsGood() async throws {
        let result = try await script()
        #expect(result.status == 0, "\(result.outputText)\(result.errorText)")
        #expect(result.outputText.hasPrefix("good: 4 receipts of host \(key.publicKey.fingerprint), 12 lines"))
        #expect(try weight() == nil)
    }

    enum Fault: String, CaseIterable {
        case cutLog, cutReceipts, gap, editedLine, lineOutOfTheMiddle, editedReceipt, swapped, noSignature
        case otherSignature, noLog, rewrittenLog
    }

    @Test(arguments: Fault.allCases)
    func eachFaultIsFoundByBoth(_ fault: Fault) async throws {
        let receipts = place / "receipts"
        switch fault {
        case .cutLog: try lines(log) { $0.removeLast(3) }
        case .cutReceipts: try FileSystem.remove(receipts / "000004.receipt")
        case .gap: try FileSystem.remove(receipts / "000002.receipt")
        case .editedLine:
            try lines(log) { $0[4] = Substring($0[4].replacing("\"user\":0", with: "\"user\":1")) }
        case .lineOutOfTheMiddle: try lines(log) { $0.remove(at: 4) }
        case .editedReceipt: try edit(receipts / "000003.receipt") { $0[$0.count - 3] ^= 1 }
        case .swapped:
            for suffix in ["", ".minisig"] {
                let (two, three) = (receipts / "000002.receipt\(suffix)", receipts / "000003.receipt\(suffix)")
                try FileSystem.rename(two, to: bench.path / "x")
                try FileSystem.rename(three, to: two)
                try FileSystem.rename(bench.path / "x", to: three)
            }
        case .noSignature: try FileSystem.remove(receipts / "000002.receipt.minisig")
        case .otherSignature:
            let bytes = try FileSystem.readAll(receipts / "000002.receipt", limit: 1 << 20)
            let stranger = try SigningKey.generate()
            try FileSystem.write(
                try DocumentSigning.sign(bytes, as: .receipt, comment: "x", with: stranger),
                to: receipts / "000002.receipt.minisig")
        case .noLog: try FileSystem.remove(log)
        case .rewrittenLog:
            // The same entries in a chain of their own, as somebody would forge them.
            let entries = try AuditLog(root: bench.path).verify().entries
            try FileSystem.remove(log)
            for var entry in entries {
                entry.user = 5
                try AuditLog(root: bench.path).append(entry)
            }
        }
        let result = try await script()
        #expect(result.status == 1, "\(result.outputText)\(result.errorText)")
        #expect(result.outputText.contains("BAD: "))
        #expect(try weight() != nil)
    }

    @Test func withoutOpenSSLNothingIsSaidOfTheReceipts() async throws {
        let here = HostPath(#filePath).parent.parent.parent / "docs/verify-receipts.sh"
        let result = try await bench.run(
            "/usr/bin/env", "PATH=/nowhere", "/bin/sh", here.text, place.text, "host.pub")
        #expect(result.status == 64 && result.outputText.isEmpty && result.errorText.contains("openssl"))
    }

    @Test func anotherKeyProvesNothing() async throws {
        let stranger = try SigningKey.generate().publicKey
        try bench.put("other.pub", stranger.file)
        let result = try await script(pub: "other.pub")
        #expect(result.status == 1)
        #expect(result.outputText.split(separator: "\n").count { $0.contains("not signed by") } == 4)
        #expect(try weight([stranger]) == .unknown)
    }

    @Test func aTornLineThatWasVoidedIsGoodAndOneThatWasNotIsSeen() async throws {
        try edit(log) { $0 += Array("1234 {\"detail".utf8) }
        #expect(try await script().status == 0, "a tear at the very end: the next writer voids it")
        let facts = HostFacts(hostname: "web-1", bootID: "boot")
        try AuditLog(root: bench.path).append(
            AuditEntry(
                subject: AuditEntry.Subject(verb: "audit"), outcome: .done, process: 7, facts: facts,
                clock: SystemClock()))
        let result = try await script()
        #expect(result.status == 0, "\(result.outputText)")
        #expect(try weight() == nil)
        try lines(log) { $0[$0.count - 3] = "1234 {\"details" }
        #expect(try await script().status == 1)
        #expect(try weight() == .forgery)
    }

    @Test func theScriptIsShortAndPlain() throws {
        let here = HostPath(#filePath).parent.parent.parent / "docs/verify-receipts.sh"
        let text = String(decoding: try FileSystem.readAll(here, limit: 1 << 20), as: UTF8.self)
        #expect(text.split(separator: "\n", omittingEmptySubsequences: false).count <= 61)
    }
}
