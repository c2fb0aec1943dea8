// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Glibc
import HostRecords
import HostSystem
import Reporting
import Testing
import Trust

@testable import Commands

/// Receipts from a host's disk over a stick to whoever proves them: the verbs, on the files that they find.
@Suite final class ReceiptVerbTests {
    let root: HostPath
    let stick: HostPath
    let key: SigningKey
    let facts = HostFacts(hostname: "web-1", bootID: "boot")

    init() throws {
        root = try FileSystem.createTemporaryDirectory()
        stick = root / "media"
        try FileSystem.createDirectory(stick)
        key = try HostKey(root: root).make(replacing: nil)
    }

    deinit { _ = try? FileSystem.removeTree(root) }

    private func did(_ verb: String, _ version: String, _ outcome: Receipt.Outcome = .good) throws {
        let subject = AuditEntry.Subject(verb: verb)
        try AuditLog(root: root).append(
            AuditEntry(subject: subject, outcome: .done, process: 7, facts: facts, clock: SystemClock()))
        let release = ReleaseIdentity(
            name: try #require(ReleaseName("shop")), version: try #require(Version(version)), arch: .amd64)
        var draft = ReceiptBook.Draft(
            verb: verb, outcome: outcome, subject: .release(release, digest: Digest.ofBytes(Array(version.utf8))))
        draft.root = Receipt.RootMark(number: 3, sha256: Digest.ofBytes([3]))
        draft.signers = [key.publicKey.fingerprint]
        let receipt = try ReceiptBook(root: root).write(draft, by: key, facts: facts, clock: SystemClock())
        try ReceiptBook(root: root).tell(receipt, subject: subject, process: 7, facts: facts, clock: SystemClock())
    }

    private func export(to place: HostPath? = nil) throws -> HostPath {
        let export = try ReceiptsExport(to: place ?? stick, hostName: facts.hostname, root: root)
        _ = try export.run()
        return export.target
    }

    private func verb(_ verb: String, _ places: HostPath..., pub: HostPath? = nil) async -> Int32 {
        await Entry.run(
            ["receipts", verb] + places.map(\.text) + ["--pubkey", (pub ?? HostKey(root: root).open).text])
    }

    @Test func aHostsKeyIsMadeOnceAndIsItsOwn() throws {
        let own = HostKey(root: root)
        #expect(try own.load()?.publicKey == key.publicKey)
        #expect(try FileSystem.status(own.secret)?.permissions == 0o600)
        #expect(try FileSystem.status(own.secret.parent)?.permissions == 0o700)
        #expect(try KeyFiles.publicKey(own.open) == key.publicKey)
        #expect(throws: KeyError.exists(path: own.secret.text)) { try own.make(replacing: nil) }
        let next = try own.make(replacing: key)
        #expect(try own.load()?.publicKey == next.publicKey)
        #expect(try KeyFiles.publicKey(own.secret.parent / "host-\(key.publicKey.fingerprint).pub") == key.publicKey)
        try FileSystem.setPermissions(own.secret, 0o640)
        #expect(throws: KeyError.self, "others could have read it") { try own.load() }
    }

    @Test func whatIsCarriedOutIsProven() async throws {
        #expect(throws: ReceiptsError.noReceipts) { try export() }
        try did("install", "1.0.0")
        let place = try export()
        #expect(place.name == "web-1-\(key.publicKey.fingerprint.hex.prefix(12))")
        #expect(try FileSystem.list(place) == ["audit.log", "host.pub", "receipts"])
        try did("install", "1.1.0")
        #expect(try export() == place, "the same stick again: what is new is added")
        #expect(try FileSystem.list(place / "receipts").count == 4)
        #expect(await verb("verify", place) == 0)
        #expect(await verb("verify", stick) == 0, "a stick has several hosts'")
        #expect(await verb("report", stick) == 0)
        #expect(await verb("verify", root / "var/lib/bundle") == 0, "the host's own place")
    }

    @Test func eachKindOfFaultHasItsStatus() async throws {
        for version in ["1.0.0", "1.1.0", "1.2.0"] { try did("install", version) }
        let place = try export()
        #expect(await verb("verify", root / "nowhere") == 1)
        try FileSystem.createDirectory(root / "empty")
        #expect(await verb("verify", root / "empty") == 10)
        #expect(await verb("verify", stick, pub: root / "missing.pub") == 1)
        let stranger = root / "stranger.pub"
        try FileSystem.write(SigningKey.generate().publicKey.file, to: stranger)
        #expect(await verb("verify", stick, pub: stranger) == 3)
        let rootFile = root / "1.json"
        try FileSystem.write(TrustRoot(adopting: key.publicKey).encode(), to: rootFile)
        #expect(await Entry.run(["receipts", "verify", stick.text, "--trust", rootFile.text]) == 3, "no role host")
        #expect(
            await Entry.run(
                ["receipts", "verify", stick.text, "--trust", rootFile.text, "--pubkey", HostKey(root: root).open.text])
                == 0, "a host whose key is not in the root yet")

        try FileSystem.remove(place / "receipts/000002.receipt")
        #expect(await verb("verify", stick) == 12)
        #expect(await verb("report", stick) == 12)
        let torn = Array("bundle-receipt/1 2 of something that is long enough to be told from a digest\n".utf8)
        try FileSystem.write(torn, to: place / "receipts/000002.receipt")
        try FileSystem.write(
            DocumentSigning.sign(torn, as: .receipt, comment: "x", with: key),
            to: place / "receipts/000002.receipt.minisig")
        #expect(await verb("verify", stick) == 3, "the next receipt and the log know another one: worse than damage")
        try FileSystem.remove(place / "audit.log")
        try FileSystem.remove(place / "receipts/000003.receipt")
        #expect(await verb("verify", stick) == 65)
    }

    @Test func aStickIsNeverWrittenOverWithAnotherHistory() async throws {
        for version in ["1.0.0", "1.1.0"] { try did("install", version) }
        let place = try export()
        let second = root / "second"
        try FileSystem.createDirectory(second)
        // The host's newest receipt and log are taken away, and it goes on: a second history.
        for name in ["000002.receipt", "000002.receipt.minisig"] {
            try FileSystem.remove(ReceiptBook(root: root).directory / name)
        }
        let log = AuditLog(root: root).path
        let lines = String(decoding: try FileSystem.readAll(log, limit: 1 << 20), as: UTF8.self).split(separator: "\n")
        try FileSystem.write(Array(lines.prefix(2).map { $0 + "\n" }.joined().utf8), to: log)
        try did("install", "6.6.6")
        #expect(throws: ReceiptsError.otherHistory(path: (place / "receipts/000002.receipt").text, 2)) { try export() }
        #expect(try FileSystem.list(place).contains { $0.hasPrefix("audit.log.before-") }, "the former log stays")
        let other = try export(to: second)
        #expect(await verb("verify", other) == 0, "alone it is good")
        #expect(await verb("verify", second, place) == 3, "beside the former one it is a fork")
    }

    @Test func aBrokenLogIsCarriedOutAsItIs() async throws {
        for version in ["1.0.0", "1.1.0"] { try did("install", version) }
        let log = AuditLog(root: root).path
        var bytes = try FileSystem.readAll(log, limit: 1 << 20)
        bytes[80] ^= 1
        try FileSystem.write(bytes, to: log)
        let export = try ReceiptsExport(to: stick, hostName: facts.hostname, root: root)
        let done = try export.run()
        #expect(done.broken.map(\.line) == [1] && done.receipts == 2)
        #expect(try FileSystem.readAll(export.target / "audit.log", limit: 1 << 20) == bytes)
        #expect(await verb("verify", stick) == 3)
        let hint = { RecordError.chainBroken(path: $0, line: 7).explanation.hint ?? "" }
        #expect(
            hint("/var/lib/bundle/audit.log").contains(
                "`mv /var/lib/bundle/audit.log /var/lib/bundle/audit.log.broken`"))
        #expect(hint("/var/lib/bundle/products/shop/history/1").contains("restore"), "a journal is no log")
    }

    @Test func aStickThatIsNotMountedIsNotMade() throws {
        try did("install", "1.0.0")
        let gone = root / "media/gone"
        #expect(throws: ReceiptsError.noDirectory(gone.text)) { try export(to: gone) }
        #expect(try !FileSystem.exists(gone))
    }

    /// Root writes there, and anyone may have had the stick in hand.
    @Test(arguments: ["", "/receipts"]) func anExportFollowsNoLinkOfTheStick(_ below: String) throws {
        try did("install", "1.0.0")
        let place = try export()
        let victim = root / "victim"
        try FileSystem.createDirectory(victim)
        let link = HostPath(place.text + below)
        try FileSystem.removeTree(link)
        try FileSystem.replaceSymlink(link, target: victim.text)
        #expect(throws: ReceiptsError.linked(path: link.text)) { try export() }
        #expect(try FileSystem.list(victim).isEmpty)
    }

    @Test(.timeLimit(.minutes(1)), arguments: ["audit.log", "receipts/000001.receipt"])
    func anExportWaitsForNoPipe(_ name: String) throws {
        try did("install", "1.0.0")
        let path = try export() / name
        try FileSystem.remove(path)
        #expect(mkfifo(path.text, 0o600) == 0)
        #expect(throws: IrregularFileError(path: path.text)) { try export() }
    }

    /// Any bytes are a torn first line: one of nothing else is no log.
    @Test func aLogThatIsNoneIsNamed() async throws {
        try did("install", "1.0.0")
        let place = try export()
        try FileSystem.write([UInt8](repeating: 0, count: 1 << 20), to: place / "audit.log.1")
        #expect(await verb("verify", place) != 0)
    }

    @Test func aDamagedKeyOfTheHostIsReplaced() throws {
        let own = HostKey(root: root)
        try FileSystem.write(Array("junk".utf8), to: own.secret, permissions: 0o600)
        let left = own.secret.parent / "\(FileSystem.temporaryPrefix)left"
        try FileSystem.write([1], to: left, permissions: 0o600)
        #expect(throws: KeyError.self) { try own.load() }
        var standsAtTheLastWord: [UInt8] = []
        let next = try own.make(replacing: nil, damaged: true) { _ in
            standsAtTheLastWord = (try? FileSystem.readAll(own.secret, limit: 100)) ?? []
        }
        #expect(standsAtTheLastWord == Array("junk".utf8), "a crash loses no last word")
        #expect(try own.load()?.publicKey == next.publicKey)
        #expect(try KeyFiles.publicKey(own.secret.parent / "host-\(key.publicKey.fingerprint).pub") == key.publicKey)
        #expect(try !FileSystem.exists(left))
    }

    @Test func theReportSaysWhatServesSinceWhen() throws {
        try did("install", "1.0.0")
        try did("rehearse", "1.1.0")
        try did("install", "1.1.0", .rolledBack)
        try did("install", "1.1.0")
        try did("rollback", "1.0.0")
        let hosts = try JudgedHost.judge([try export().text], by: Keyring(keys: [key.publicKey]))
        let lines = HostReport.table(hosts.map(HostReport.init)).split(separator: "\n").map(String.init)
        #expect(lines.count == 5, "a head, three changes of what serves, a foot: \(lines)")
        #expect(lines[3].contains("*") && lines[3].contains("shop 1.0.0 amd64") && lines[3].contains("rollback"))
        #expect(lines[3].contains("  3  ") && lines[3].contains(key.publicKey.fingerprint.hex.prefix(8)))
        #expect(!lines[1].contains("*") && lines[1].hasSuffix("000001"))
        try did("remove", "1.0.0")
        let after = try JudgedHost.judge([try export().text], by: Keyring(keys: [key.publicKey]))
        #expect(!HostReport.table(after.map(HostReport.init)).contains("*  shop"))
    }

    @Test(arguments: [
        ("install", JournalOutcome.done, nil, Receipt.Outcome.good), ("install", .undone, nil, .rolledBack),
        ("rollback", .undone, "x", .rolledBack), ("rehearse", .done, "0 of 812 connections failed", .good),
        ("rehearse", .done, "3 of 812 connections failed", .failed), ("rehearse", .done, nil, .failed),
        ("rehearse", .undone, nil, .failed), ("remove", .done, nil, .good),
    ])
    func theJournalSaysHowItEnded(
        verb: String, outcome: JournalOutcome, lastNote: String?, says: Receipt.Outcome
    ) throws {
        let product = try #require(ReleaseName("shop"))
        var subject = AuditEntry.Subject(verb: verb, product: product)
        subject.keys = [key.publicKey.fingerprint.hex, "0123456789ABCDEF"]
        let owed = OwedReceipt(subject: subject, product: product, note: "n", process: 1, bootID: "b")
        let draft = HostReceipts.draft(owed, outcome, lastNote: lastNote)
        #expect(draft.outcome == says && draft.note == "n" && draft.subject == .product(product))
        #expect(draft.signers == [key.publicKey.fingerprint], "a key id of an earlier tool is none")
    }
}
