// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import Events
import HostRecords
import HostSystem
import Installer

struct InstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Prove a bundle and switch this host over to it.",
        discussion: "If anything goes wrong before the new release is called good, the host is as it was (exit 4).")

    @Argument(help: "The bundle file, or NAME@VERSION of a release that is staged.", completion: .file())
    var bundle: String
    @OptionGroup var trust: HostTrustOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var noting: NoteOption
    @Option(
        help: ArgumentHelp(
            "Undo everything when the cutover could not begin before this time of the wall clock.", valueName: "HH:MM"))
    var cutoverBefore: CutoverTime?
    @Option(name: .long, help: "Pause there: `ready` is a healthy idle slot, before any traffic moves.")
    var until: Until?
    @Flag(name: .long, help: "Do not ask: the plan that is printed is the plan that is executed.") var yes = false

    enum Until: String, ExpressibleByArgument, CaseIterable { case ready }

    func run() async throws {
        try await TransientRun.enter(verb: "install")
        let console = output.console
        let session = try HostSession(
            verb: "install", console: console, exclusive: true, note: noting.note,
            cutoverBefore: cutoverBefore)
        let attempt = AuditedAttempt(verb: "install", medium: bundle, session: session, trust: trust)
        try await attempt.record { attempt in
            let offered = try OfferedRelease.find(bundle, trust, console, advancing: session)
            let events = EventPrinter(console: console)
            try await HostAnswers.recoverFirst(session.installation(of: offered.name, events: events), console)
            // Anew: recovery may have ended a removal, and with it the product's number and its addresses.
            var installation = try session.installation(of: offered.name, events: events)
            let (source, release, proof) = try offered.source(installation.layout, trust, console, whole: true)
            attempt.release = release
            let gate = try PolicyGate(trust.policy, installation.layout, session)
            installation.lowersFloor = try gate.letsFloorSink()
            attempt.admit(try gate.admit(proof, source, medium: offered.path))
            attempt.owesReceipt()
            let prepared = try await installation.prepare(.install, source, halt: until.map { _ in .ready })
            try await HostAnswers.carryOut(prepared, installation, console, yes: yes, verb: "install")
        }
    }
}
