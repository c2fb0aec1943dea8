// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostRecords
import HostSystem
import Installer

struct RemoveCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "remove", abstract: "Take a product away from this host.",
        discussion: "Services stop, units, releases and rules go. Its data, /etc/NAME and the evidence stay.")

    @Argument(help: "The product, always named.") var name: String
    @Flag(help: "Delete the services' data below /var/lib/NAME too. There is no way back.") var data = false
    @Flag(name: .long, help: "Do not ask.") var yes = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var noting: NoteOption

    private static func words(_ installation: Installation, data: Bool) throws -> String {
        let layout = installation.layout
        let record = try installation.store.load()
        let version = record?.active.map { " \($0.version)" } ?? ""
        let remembered = "which versions were good here"
        return """
            plan: remove \(layout.product)\(version)\(record == nil ? ", which is removed already: what that left" : "")
              stop      every unit \(layout.product).* of ours
              remove    \(layout.home), its units, traffic rules, images and staged releases\(data ? ", and \(layout.data) with all data" : "")
              \(data ? "forgets " : "remembers") \(remembered)\(data ? ", and its user" : ", so that an older one is still refused")
              stays     \(data ? "" : "\(layout.data), ")\(layout.site), history and evidence below \(layout.records)
              go back   there is no way back but an installation from the medium
            """
    }

    func run() async throws {
        try await TransientRun.enter(verb: "remove")
        let console = output.console
        let session = try HostSession(verb: "remove", console: console, exclusive: true, note: noting.note)
        // Of one whose record was lost, everything may still be there.
        let hasHome = try ReleaseName(name).map { try FileSystem.exists(HostLayout(product: $0).home) } ?? false
        let product = try HostSession.product(name, orLeft: data || hasHome)
        let attempt = AuditedAttempt(verb: "remove", medium: nil, session: session, product: product)
        try await attempt.record { attempt in
            let installation = try session.installation(of: product, events: EventPrinter(console: console))
            try await HostAnswers.recoverFirst(installation, console)
            if let active = try installation.store.load()?.active {
                attempt.release = ReleaseReference(
                    held: HeldRelease(version: active.version, digest: active.digest, directory: active.directory),
                    installation.layout)
            }
            attempt.owesReceipt()
            console.say(try RemoveCommand.words(installation, data: data))
            // Nobody can be asked, and there is no way back: it has to be said.
            guard yes || Console.isInteractive else { throw HostVerbError.needsYes(verb: "remove") }
            if !yes {
                guard console.ask("remove \(product)\(data ? " and its data" : "")? [y/N] ") else {
                    throw HostVerbError.notAsked(verb: "remove")
                }
            }
            try session.stopping.pass()
            StopSignals.shared.arm(
                session.stopping, goesOn: "removing goes on to its end: there is no way back from half of it")
            try await installation.remove(data: data)
            if console.json {
                console.answer(json: ["name": .string(product.text), "removed": true, "data": .bool(data)])
            } else {
                console.answer(
                    "\(product) is removed" + (data ? ", with its data" : "; its data stays")
                        + "; /etc/\(product) and the evidence stay")
            }
        }
    }
}
