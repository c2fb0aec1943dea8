// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import HostRecords
import HostSystem
import Reporting
import Trust

/// Which release an attempt was about, once it is known.
struct ReleaseReference: Equatable {
    var name: ReleaseName
    var version: Version
    var digest: Digest
    /// Fingerprints of the keys whose signatures were believed.
    var keys: [String] = []
    /// SHA-256 of the SHA256SUMS that they signed.
    var carrier: Digest?
    /// Fingerprints of the keys that approved it.
    var approvals: [String] = []
}

extension ReleaseReference {
    init(_ head: ProvenHead) {
        self.init(
            name: head.identity.name, version: head.identity.version, digest: head.releaseDigest,
            keys: head.verdict.established.map(\.fingerprint.hex), carrier: head.verdict.signedDigest)
    }
}

/// One attempt to change this host, in the audit log: when it begins, and how it ended, refusals included.
final class AuditedAttempt {
    var release: ReleaseReference? {
        didSet { if let release { TransientRun.log?.append(.product(release.name)) } }
    }
    /// What was done, where the verb alone does not say it.
    var detail: String?
    /// How the command ends when what was to be done is done: an audit that found something has not failed.
    var status = ExitStatus.done
    /// Fingerprints of keys that an attempt is about, where no release is meant.
    var keys: [String] = []
    /// What was let in against a rule.
    var overrides: [AuditEntry.Override]
    private let verb: String
    private let medium: String?
    private let session: HostSession
    /// Known where no release is meant, or before it is.
    private let product: ReleaseName?

    /// - Parameter trust: what may override a rule for this attempt.
    init(
        verb: String, medium: String?, session: HostSession, product: ReleaseName? = nil,
        trust: HostTrustOptions? = nil, overriding: (rule: String, reason: String)? = nil
    ) {
        self.product = product
        self.verb = verb
        self.medium = medium.map(AuditedAttempt.place)
        self.session = session
        overrides =
            (trust?.overrides ?? [])
            + (overriding.map { [AuditEntry.Override(rule: $0.rule, reason: $0.reason)] } ?? [])
    }

    /// What the host's policy said (trust §7): who approved is written down with how it ended.
    func admit(_ verdict: PolicyVerdict) { release?.approvals = verdict.approvers.map(\.hex) }

    /// A verb that did not get as far as an attempt: the host's lock turned it away, or its time had passed.
    static func turnedAway(
        _ verb: String, by error: any Error, medium: String? = nil, note: String?, _ facts: HostFacts,
        _ clock: SystemClock
    ) {
        let explanation = Explanation.orPlain(error)
        try? write(
            AuditEntry.Subject(verb: verb, medium: medium), .refused, explanation.status, explanation.firstLine,
            note: note, facts, clock)
    }

    /// What was refused before anything could be attempted: somebody offered this host a wrong key, or showed it a bundle that
    /// it does not believe. Whoever is not root could do nothing here, and is not written down.
    static func refused(_ verb: String, medium: String, by error: any Error, note: String? = nil) {
        var facts = HostFacts.gather()
        if TransientRun.isInside { facts.loginUser = TransientRun.loginUser }
        guard facts.effectiveUser == 0 else { return }
        turnedAway(verb, by: error, medium: place(medium), note: note, facts, SystemClock())
    }

    /// A path that is relative to where somebody stood says nothing later.
    private static func place(_ medium: String) -> String {
        (try? FileSystem.resolve(HostPath(medium)))?.text ?? medium
    }

    /// A recovery knows only when it has ended whether there was anything to do; it is written down where there was
    /// (host-state §4.1).
    static func recovered(
        _ product: ReleaseName, _ words: String? = nil, failing error: (any Error)? = nil, _ session: HostSession
    ) {
        let explanation = error.map(Explanation.orPlain)
        tell(session) {
            try write(
                AuditEntry.Subject(verb: "recover", product: product),
                explanation.map { outcome($0.status) } ?? .done, explanation?.status ?? .done,
                words ?? explanation?.firstLine, session)
        }
    }

    /// A newer trust root, which a bundle brought (trust §4.7): it stays whatever becomes of the attempt.
    static func advanced(
        _ words: String, _ newest: TrustChain.Believed, medium: String, _ session: HostSession
    ) {
        tell(session) {
            try write(
                AuditEntry.Subject(
                    verb: "trust update", digest: newest.digest, medium: medium,
                    keys: newest.link.signatures.map(\.name.hex)),
                .done, .done, words, session)
        }
    }

    /// - Parameter evenUnlogged: go on where the log is broken, which is said: for what finds that out and mends by what was
    ///   signed.
    func record(evenUnlogged: Bool = false, _ work: (AuditedAttempt) async throws -> Void) async throws {
        // Written before anything is done: an attempt that dies is an attempt.
        do { try append(.attempted, status: nil, detail: nil) } catch let fault as RecordError where evenUnlogged {
            session.console.warn("this run is in no log: \(fault.explanation.message)")
            return try await work(self)
        }
        nonisolated(unsafe) let attempt = self
        StopSignals.shared.whenItEndsThere {
            try? attempt.append(.refused, status: .interrupted, detail: "interrupted; nothing was changed")
        }
        do { try await work(self) } catch {
            let explanation = Explanation.orPlain(error)
            // What went wrong first is what the operator must hear; a log that cannot be written is said beside it.
            AuditedAttempt.tell(session) {
                try append(
                    AuditedAttempt.outcome(explanation.status), status: explanation.status,
                    detail: explanation.firstLine)
            }
            HostReceipts(session).settle(release?.name ?? product, why: explanation.firstLine)
            throw error
        }
        // It is done, whatever becomes of the log: never to be taken for a failure that changed nothing.
        do { try append(.done, status: status, detail: detail) } catch {
            throw HostVerbError.notLogged(verb: verb, Explanation.orPlain(error).message)
        }
        HostReceipts(session).settle(release?.name ?? product, why: nil)
    }

    /// From here on a receipt is owed of what this verb does, however it ends and whoever finds out (host-state §15).
    func owesReceipt() {
        let receipts = HostReceipts(session)
        guard let product = release?.name ?? product, receipts.isPossible() else { return }
        var owed = OwedReceipt(
            subject: subject, product: product, note: session.note, process: ProcessFacts.id,
            bootID: session.facts.bootID)
        owed.arch = session.facts.architecture
        do { try owed.save(HostLayout(product: product)) } catch {
            session.console.warn("no receipt of this will be written: \(Explanation.orPlain(error).message)")
        }
    }

    private var subject: AuditEntry.Subject {
        var subject = AuditEntry.Subject(
            verb: verb, product: release?.name ?? product, version: release?.version, digest: release?.digest,
            medium: medium, keys: release?.keys ?? keys, overrides: overrides)
        subject.carrier = release?.carrier
        subject.approvals = release.flatMap { $0.approvals.isEmpty ? nil : $0.approvals }
        // A trust root that cannot be read is what the attempt itself is refused for.
        subject.root = try? HostTrust.mark()
        return subject
    }

    private static func outcome(_ status: ExitStatus) -> AuditEntry.Outcome {
        switch status {
        case .failedAndRolledBack: .rolledBack
        case .operatorNeeded: .stuck
        case .failedNothingChanged: .failed
        default: .refused
        }
    }

    private func append(_ outcome: AuditEntry.Outcome, status: ExitStatus?, detail: String?) throws {
        try AuditedAttempt.write(subject, outcome, status, detail, session)
    }

    // MARK: - Writing

    private static func write(
        _ subject: AuditEntry.Subject, _ outcome: AuditEntry.Outcome, _ status: ExitStatus?, _ detail: String?,
        _ session: HostSession
    ) throws {
        try write(subject, outcome, status, detail, note: session.note, session.facts, session.clock)
    }

    private static func write(
        _ subject: AuditEntry.Subject, _ outcome: AuditEntry.Outcome, _ status: ExitStatus?, _ detail: String?,
        note: String?, _ facts: HostFacts, _ clock: SystemClock
    ) throws {
        try AuditLog().append(
            AuditEntry(
                subject: subject, outcome: outcome, exitStatus: status.map { Int($0.rawValue) }, detail: detail,
                note: note, process: ProcessFacts.id, facts: facts, clock: clock))
    }

    /// For what has happened whether or not the log takes it.
    private static func tell(_ session: HostSession, _ write: () throws -> Void) {
        do { try write() } catch {
            session.console.warn("the audit log could not be written: \(Explanation.orPlain(error).message)")
        }
    }
}
