// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostRecords
import HostSystem
import Installer

struct ReconfigureCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reconfigure", abstract: "The running release with new values, secrets or certificates.",
        discussion: "Same plan, same cutover, no medium. When nothing that runs reads what changed, nothing is touched."
    )

    @Argument(help: "The product; it may be left out when there is one.") var name: String?
    @Flag(help: "Go back to values.yaml and host.yaml as they were before the last reconfigure; secrets are today's.")
    var former = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var noting: NoteOption
    @Flag(name: .long, help: "Do not ask.") var yes = false

    func run() async throws {
        try await TransientRun.enter(verb: "reconfigure")
        let console = output.console
        let session = try HostSession(verb: "reconfigure", console: console, exclusive: true, note: noting.note)
        let product = try HostSession.product(name)
        let attempt = AuditedAttempt(verb: "reconfigure", medium: nil, session: session, product: product)
        try await attempt.record { attempt in
            let installation = try session.installation(of: product, events: EventPrinter(console: console))
            try await HostAnswers.recoverFirst(installation, console)
            guard let active = try installation.store.load()?.active else {
                throw ReconfigureError.nothingServes(product)
            }
            attempt.release = ReleaseReference(
                held: HeldRelease(version: active.version, digest: active.digest, directory: active.directory),
                installation.layout)
            attempt.owesReceipt()
            let source = try InstalledSource(
                directory: active.directory, digest: active.digest, layout: installation.layout)
            try source.verifyTree()
            let prepared = try await installation.prepare(
                .reconfigure, source, settings: former ? .former : .ofVerb)
            try await HostAnswers.carryOut(prepared, installation, console, yes: yes, verb: "reconfigure")
            if prepared.isUnchanged, !former {
                try SiteFiles.keepDocuments(installation.layout, for: active.directory)
            }
            if former { console.say("/etc/\(product) still says what it said: change it before the next reconfigure") }
        }
    }
}
