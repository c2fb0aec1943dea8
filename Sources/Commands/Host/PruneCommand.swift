// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostRecords
import Installer

struct PruneCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "prune", abstract: "Remove releases that neither serve nor are among the newest from disk.",
        discussion: "The evidence of what was installed stays for ever.")

    @Argument(help: "The product; it may be left out when there is one.") var name: String?
    @Option(help: "How many releases stay, the one that serves included.") var keep = 2
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard keep >= 1 else { throw ValidationError("--keep takes 1 or more: the release that serves stays") }
    }

    func run() async throws {
        let console = output.console
        let session = try HostSession(verb: "prune", console: console, exclusive: true)
        let product = try HostSession.product(name)
        let attempt = AuditedAttempt(verb: "prune", medium: nil, session: session)
        try await attempt.record { _ in
            let installation = try session.installation(of: product)
            try await HostAnswers.recoverFirst(installation, console)
            let removed = try installation.prune(keep: keep)
            let freed = removed.isEmpty ? "nothing to remove" : "removed \(removed.joined(separator: ", "))"
            console.json ? console.answer(list: removed, as: "removed") : console.answer("\(product): \(freed)")
        }
    }
}
