// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostRecords
import Installer

struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove releases that neither serve nor are among the newest from disk.",
        discussion: "The evidence of what was installed stays for ever.")

    @Argument(help: "The product; it may be left out when there is one.") var name: String?
    @Option(help: "How many releases stay, the one that serves included.") var keep = 2
    @Flag(help: "Remove releases that are staged, too.") var staged = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var noting: NoteOption

    func validate() throws {
        guard keep >= 1 else { throw ValidationError("--keep takes 1 or more: the release that serves stays") }
    }

    func run() async throws {
        try await TransientRun.enter(verb: "prune")
        let console = output.console
        let session = try HostSession(verb: "prune", console: console, exclusive: true, note: noting.note)
        let product = try HostSession.product(name, orStaged: true)
        let attempt = AuditedAttempt(verb: "prune", medium: nil, session: session, product: product)
        try await attempt.record { _ in
            let installation = try session.installation(of: product)
            try await HostAnswers.recoverFirst(installation, console)
            try session.stopping.pass()
            StopSignals.shared.arm(session.stopping, goesOn: "pruning goes on to its end, which is near")
            let removed = try await installation.prune(keep: keep) + (staged ? installation.pruneStaged() : [])
            let waiting = try StagedReleases(layout: installation.layout).list().map(\.version.description)
            if !waiting.isEmpty {
                console.say("\(product) \(waiting.joined(separator: ", ")) stays staged; --staged removes it")
            }
            let freed = removed.isEmpty ? "nothing to remove" : "removed \(removed.joined(separator: ", "))"
            guard console.json else { return console.answer("\(product): \(freed)") }
            console.answer(json: [
                "name": .string(product.text), "removed": .array(removed.map { .string($0) }),
                "staged": .array(waiting.map { .string($0) }),
            ])
        }
    }
}
