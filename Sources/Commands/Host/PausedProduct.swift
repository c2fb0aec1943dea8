// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Installer

/// What the verbs have in common that go on from a release that waits in the idle slot: the lock, recovery, the audit log.
struct PausedProduct {
    let session: HostSession
    let product: ReleaseName
    let printer: EventPrinter
    private let verb: String

    init(verb: String, name: String?, console: Console, note: String?) throws {
        self.verb = verb
        session = try HostSession(verb: verb, console: console, exclusive: true, note: note)
        product = try HostSession.product(name)
        printer = EventPrinter(console: console)
    }

    /// - Throws: `HostVerbError.nothingWaits`; what `work` throws.
    func audited(_ work: (Installation, Installation.Pause) async throws -> Void) async throws {
        let attempt = AuditedAttempt(verb: verb, medium: nil, session: session, product: product)
        try await attempt.record { attempt in
            let installation = try session.installation(of: product, events: printer)
            do { try await HostAnswers.recoverFirst(installation, session.console) } catch HostVerbError.waiting {}
            guard let pause = try installation.pause() else { throw HostVerbError.nothingWaits(product) }
            attempt.release = ReleaseReference(
                name: product, version: pause.plan.version, digest: pause.plan.digest)
            let user = session.facts.loginUser.map { " by uid \($0)" } ?? ""
            try installation.note("\(verb)\(user)\(session.note.map { ": \($0)" } ?? "")", in: pause)
            try await work(installation, pause)
        }
    }
}
