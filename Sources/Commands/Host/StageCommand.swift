// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import BundleReading
import HostRecords
import HostSystem
import Installer
import Trust

struct StageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "stage", abstract: "Prove a bundle and keep its release here, ahead of the window.",
        discussion: "Nothing that runs is touched. `plan` and `install` then take NAME@VERSION, without a medium.")

    @Argument(help: "The bundle file.", completion: .file()) var bundle: String
    @OptionGroup var trust: HostTrustOptions
    @OptionGroup var output: OutputOptions
    @OptionGroup var noting: NoteOption

    func run() async throws {
        try await TransientRun.enter(verb: "stage")
        let console = output.console
        let session = try HostSession(verb: "stage", console: console, exclusive: true, note: noting.note)
        let attempt = AuditedAttempt(verb: "stage", medium: bundle, session: session, trust: trust)
        try await attempt.record { attempt in
            let head = try trust.prove(bundle, console: console, advancing: session)
            attempt.release = ReleaseReference(head)
            let printer = EventPrinter(console: console)
            printer.expect(Forecast.staging)
            let installation = try session.installation(of: head.manifest.name, events: printer)
            try await HostAnswers.recoverFirst(installation, console)
            StopSignals.shared.arm(session.stopping)
            let source = try BundleSource(head, layout: installation.layout)
            try source.findNeeded()
            // Approvals and other hosts' receipts may still be on their way; what is at hand is kept, and `install` asks.
            let gate = try PolicyGate(trust.policy, installation.layout, session)
            attempt.admit(
                try gate.admit(head.verdict, source, medium: head.mediumPath, later: [.approvals, .receipts]))
            let keys = attempt.release?.keys ?? []
            let (staged, isNew) = try await FileFault.naming(bundle) {
                try await installation.stage(source, signers: keys)
            }
            let renewed = isNew ? [] : try source.renewEvidence()
            if !renewed.isEmpty {
                let words = "evidence that differed was written again: \(renewed.joined(separator: ", "))"
                attempt.detail = words
                console.say(words)
            }
            answer(staged, isNew || !renewed.isEmpty, isNew: isNew, head.manifest.name, console)
        }
    }

    private func answer(
        _ staged: StagedRelease, _ isChanged: Bool, isNew: Bool, _ name: ReleaseName, _ console: Console
    ) {
        if console.json {
            console.answer(json: [
                "name": .string(name.text), "version": .string(staged.version.description),
                "digest": .string(staged.digest.hex), "bytes": .integer(staged.bytes), "changed": .bool(isChanged),
            ])
        } else if isNew {
            console.answer(
                """
                \(name) \(staged.version) (\(staged.digest.short)) is staged; nothing that runs was touched
                the medium is not needed any more: bundle plan \(name)@\(staged.version)
                in the window: bundle install \(name)@\(staged.version)
                """)
        } else if isChanged {
            console.answer(
                "\(name) \(staged.version) (\(staged.digest.short)) is here already; its evidence is whole again")
        } else {
            console.answer("\(name) \(staged.version) (\(staged.digest.short)) is here already; nothing was changed")
        }
    }
}
