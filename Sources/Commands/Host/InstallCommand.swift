// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import Events
import HostRecords
import HostSystem
import Installer

struct InstallCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "install", abstract: "Prove a bundle and switch this host over to it.",
        discussion: "If anything goes wrong before the new release is called good, the host is as it was (exit 4).")

    @Argument(help: "The bundle file.", completion: .file()) var bundle: String
    @OptionGroup var trust: HostTrustOptions
    @OptionGroup var output: OutputOptions
    @Option(name: .long, help: "Pause there: `ready` is a healthy idle slot, before any traffic moves.")
    var until: Until?
    @Flag(name: .long, help: "Do not ask: the plan that is printed is the plan that is executed.") var yes = false

    enum Until: String, ExpressibleByArgument, CaseIterable { case ready }

    func run() async throws {
        try TransientRun.enter(verb: "install", arguments: Array(CommandLine.arguments.dropFirst()))
        let console = output.console
        let session = try HostSession(verb: "install", console: console, exclusive: true)
        let attempt = AuditedAttempt(verb: "install", medium: bundle, session: session)
        try await attempt.record { attempt in
            let head = try trust.prove(bundle, console: console)
            attempt.release = ReleaseReference(head)
            let installation = try session.installation(of: head.manifest.name, events: EventPrinter(console: console))
            try await HostAnswers.recoverFirst(installation, console)
            let source = try BundleSource(head, layout: installation.layout)
            // What is staged is proven while it is copied. A release that the host holds already is not copied, and a
            // damaged medium is refused all the same.
            if source.delivery == nil { try FileFault.naming(bundle) { _ = try head.verifyBody() } }
            let prepared = try await installation.prepare(.install, source, halt: until.map { _ in .ready })
            try await HostAnswers.carryOut(prepared, installation, console, yes: yes, verb: "install")
        }
    }
}
