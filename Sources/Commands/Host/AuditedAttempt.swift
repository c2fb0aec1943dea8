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
    /// Key ids of the signatures that were believed.
    var keys: [String] = []
}

extension ReleaseReference {
    init(_ head: ProvenHead) {
        self.init(
            name: head.identity.name, version: head.identity.version, digest: head.releaseDigest,
            keys: head.verdict.established.map(\.keyID.description))
    }
}

/// One attempt to change this host, in the audit log: when it begins, and how it ended, refusals included.
final class AuditedAttempt {
    var release: ReleaseReference? {
        didSet { if let release { TransientRun.log?.append(.product(release.name)) } }
    }
    private let verb: String
    private let medium: String?
    private let session: HostSession
    private let overrides: [AuditEntry.Override]
    /// Known where no release is meant, or before it is.
    private let product: ReleaseName?

    /// - Parameter trust: what may override a rule for this attempt.
    init(
        verb: String, medium: String?, session: HostSession, product: ReleaseName? = nil, trust: HostTrustOptions? = nil
    ) {
        self.product = product
        self.verb = verb
        self.medium = medium
        self.session = session
        overrides = trust?.override.map { [$0] } ?? []
    }

    /// A verb that did not get as far as an attempt: the host's lock turned it away, or its time had passed.
    static func turnedAway(_ verb: String, by error: any Error, note: String?, _ facts: HostFacts, _ clock: SystemClock)
    {
        let explanation = Explanation.orPlain(error)
        try? AuditLog().append(
            AuditEntry(
                subject: AuditEntry.Subject(verb: verb), outcome: .refused,
                exitStatus: Int(explanation.status.rawValue), detail: explanation.firstLine, note: note,
                process: ProcessFacts.id, facts: facts, clock: clock))
    }

    /// A recovery knows only when it has ended whether there was anything to do; it is written down where there was
    /// (host-state §4.1).
    static func recovered(
        _ product: ReleaseName, _ words: String? = nil, failing error: (any Error)? = nil, _ session: HostSession
    ) {
        let explanation = error.map(Explanation.orPlain)
        do {
            try AuditLog().append(
                AuditEntry(
                    subject: AuditEntry.Subject(verb: "recover", product: product),
                    outcome: explanation.map { outcome($0.status) } ?? .done,
                    exitStatus: Int((explanation?.status ?? .done).rawValue), detail: words ?? explanation?.firstLine,
                    note: session.note, process: ProcessFacts.id, facts: session.facts, clock: session.clock))
        } catch {
            session.console.warn("the audit log could not be written: \(Explanation.orPlain(error).message)")
        }
    }

    func record(_ work: (AuditedAttempt) async throws -> Void) async throws {
        // Written before anything is done: an attempt that dies is an attempt.
        try append(.attempted, status: nil, detail: nil)
        nonisolated(unsafe) let attempt = self
        StopSignals.shared.whenItEndsThere {
            try? attempt.append(.refused, status: .interrupted, detail: "interrupted; nothing was changed")
        }
        do { try await work(self) } catch {
            let explanation = Explanation.orPlain(error)
            // What went wrong first is what the operator must hear; a log that cannot be written is said beside it.
            do {
                try append(
                    AuditedAttempt.outcome(explanation.status), status: explanation.status,
                    detail: explanation.firstLine)
            } catch let logging {
                session.console.warn("the audit log could not be written: \(Explanation.orPlain(logging).message)")
            }
            throw error
        }
        // It is done, whatever becomes of the log: never to be taken for a failure that changed nothing.
        do { try append(.done, status: .done, detail: nil) } catch {
            throw HostVerbError.notLogged(verb: verb, Explanation.orPlain(error).message)
        }
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
        try AuditLog().append(
            AuditEntry(
                subject: AuditEntry.Subject(
                    verb: verb, product: release?.name ?? product, version: release?.version, digest: release?.digest,
                    medium: medium, keys: release?.keys ?? [], overrides: overrides),
                outcome: outcome, exitStatus: status.map { Int($0.rawValue) }, detail: detail,
                note: session.note, process: ProcessFacts.id,
                facts: session.facts, clock: session.clock))
    }
}
