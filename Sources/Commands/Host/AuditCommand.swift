// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostRecords
import HostSystem
import Installer
import Reporting
import Trust

struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit", abstract: "Compare this host with what was signed, and name every difference.",
        discussion:
            "Only looks, unless --repair is given. Ends with 12 when something differs, with 5 when what proves it "
            + "is broken itself.")

    @Argument(help: "The product; it may be left out when there is one.") var name: String?
    @Flag(help: "Mend what the signed release and the host's packs say, then look again. Nothing is restarted.")
    var repair = false
    @Flag(help: "Write it down in the audit log, and in a receipt by this host's key. --repair does, too.")
    var receipt = false
    @Option(
        name: .long,
        help: ArgumentHelp("Write the report as one page that can be printed and filed, too.", valueName: "file"),
        completion: .file())
    var html: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var noting: NoteOption

    /// Whether anything of it stays on the host.
    private var isKept: Bool { repair || receipt }

    func validate() throws {
        if let html { try ReportFile(path: HostPath(html)).check(option: "--html") }
    }

    func run() async throws {
        let console = output.console
        let session = try HostSession(verb: "audit", console: console, exclusive: isKept, note: noting.note)
        let product = try HostSession.product(name)
        let installation = try auditedInstallation(of: product, session)
        let trust = AuditedTrust.look()
        let audit = HostAudit(installation) { try trust.judge($0, $1, $2) }
        var report: AuditReport
        if isKept {
            report = try await kept(audit, trust, product, session)
        } else {
            // While a run is at work nothing is what it will be.
            if let holder = FileLock.holder(installation.layout.lock) {
                throw LockError.held(path: installation.layout.lock, by: holder)
            }
            report = describe(await audit.inspect(), trust, product, session)
        }
        if let html { try ReportFile(path: HostPath(html)).write(report.html) }
        if console.json { console.answer(json: report.json) } else { console.answer(report.text) }
        let status = AuditCommand.status(report)
        if status != .done { throw status }
    }

    private static func status(_ report: AuditReport) -> ExitStatus {
        switch report.verdict {
        case .clean: .done
        case .drift: .drift
        case .damage: .operatorNeeded
        }
    }

    /// A record that cannot be read is a finding, not the end of the audit.
    private func auditedInstallation(of product: ReleaseName, _ session: HostSession) throws -> Installation {
        do { return try session.installation(of: product) } catch is RecordError {
            return try session.installation(of: product, ignoringRecord: true)
        }
    }

    private func kept(_ audit: HostAudit, _ trust: AuditedTrust, _ product: ReleaseName, _ session: HostSession)
        async throws -> AuditReport
    {
        let attempt = AuditedAttempt(verb: "audit", medium: nil, session: session, product: product)
        var report: AuditReport?
        try await attempt.record(evenUnlogged: true) { attempt in
            var made: AuditReport
            if repair {
                let (sheet, repair) = try await audit.repair()
                made = describe(sheet, trust, product, session)
                made.repair = repair
            } else {
                made = describe(await audit.inspect(), trust, product, session)
            }
            if let release = made.release {
                attempt.release = ReleaseReference(
                    name: product, version: release.version, digest: release.digest,
                    keys: made.signers.map(\.fingerprint))
            }
            attempt.detail = made.summary
            attempt.status = AuditCommand.status(made)
            report = made
        }
        guard let report else { throw ExitStatus.operatorNeeded }
        give(report, session)
        return report
    }

    /// What the host says of it under its own key; that it cannot is said, and changes nothing.
    private func give(_ report: AuditReport, _ session: HostSession) {
        let outcome: Receipt.Outcome =
            switch report.verdict {
            case .clean: report.repair?.mended.isEmpty == false ? .repaired : .good
            case .drift: .drift
            case .damage: .damaged
            }
        var subject = Receipt.Subject.product(report.product)
        if let release = report.release, let arch = session.facts.architecture {
            subject = .release(
                ReleaseIdentity(name: report.product, version: release.version, arch: arch), digest: release.digest)
        }
        var draft = ReceiptBook.Draft(verb: "audit", outcome: outcome, subject: subject)
        draft.signers = report.signers.compactMap { KeyFingerprint(hex: $0.fingerprint) }
        draft.note = session.note
        draft.detail = report.summary
        HostReceipts(session).give(draft)
    }

    private func describe(_ sheet: AuditSheet, _ trust: AuditedTrust, _ product: ReleaseName, _ session: HostSession)
        -> AuditReport
    {
        var report = AuditReport(
            product: product, hostname: session.facts.hostname, bootID: session.facts.bootID,
            time: UTCTime(session.clock.wallSeconds()).rfc3339, tool: BundleTool.version.description)
        report.toolDigest = try? HostAudit.digest(ofFile: "/proc/self/exe").hex
        if let newest = trust.chain?.newest {
            report.root = newest.root.number
            report.rootFingerprint = newest.fingerprint.hex
        }
        report.release = sheet.release
        report.signers = sheet.signers
        report.log = sheet.log
        report.tally = sheet.tally
        report.receipts = trust.receipts.chain
        report.findings = trust.findings + sheet.findings + trust.receipts.findings
        return report
    }
}
