// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import HostRecords
import HostSystem
import Installer

struct RehearseCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rehearse", abstract: "Prove the cutover to a release under load, without keeping it.",
        discussion:
            "The idle slot starts as in an installation; private ports of this machine are then flipped back and "
            + "forth under our own load, and everything is taken away. No client is moved, no service that runs once is "
            + "restarted, no job runs. Ends with 1 when a connection failed.")

    @Argument(help: "The bundle file, or NAME@VERSION of a release that this host holds.", completion: .file())
    var bundle: String
    @Option(name: .long, help: "How long the load lasts, in seconds.") var seconds = 10
    @OptionGroup var trust: HostTrustOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var noting: NoteOption

    func validate() throws {
        guard (1...3600).contains(seconds) else { throw ValidationError("--seconds takes 1 to 3600") }
    }

    func run() async throws {
        try await TransientRun.enter(verb: "rehearse")
        let console = output.console
        let session = try HostSession(verb: "rehearse", console: console, exclusive: true, note: noting.note)
        let attempt = AuditedAttempt(verb: "rehearse", medium: bundle, session: session, trust: trust)
        try await attempt.record { attempt in
            let offered = try OfferedRelease.find(bundle, trust, console, advancing: session)
            let printer = EventPrinter(console: console)
            let installation = try session.installation(of: offered.name, events: printer)
            try await HostAnswers.recoverFirst(installation, console)
            let (source, release, proof) = try offered.source(installation.layout, trust, console, whole: true)
            attempt.release = release
            let gate = try PolicyGate(trust.policy, installation.layout, session)
            attempt.admit(try gate.admit(proof, source, medium: offered.path))
            attempt.owesReceipt()
            let prepared = try await installation.prepare(
                .install, source, halt: .rehearsal, rehearsal: .seconds(seconds))
            guard prepared.plan.replaces != nil else { throw HostVerbError.nothingToRehearse(prepared.plan.name) }
            guard prepared.problems.isEmpty else { throw HostVerbError.preflight(prepared.problems) }
            StopSignals.shared.arm(session.stopping)
            printer.expect(Forecast.of(prepared.plan, installation.layout, bytes: source.manifest.tree.bytes))
            if case .rehearsed(let figures) = try await installation.run(prepared) {
                try RehearsalText(figures).give(console)
            }
        }
    }
}
