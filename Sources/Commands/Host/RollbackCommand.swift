// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostRecords
import Installer

struct RollbackCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback", abstract: "Go back to a release that this host holds; no medium is needed.",
        discussion:
            "Units, config with the values of then, traffic and current go back. Data that services wrote does not.")

    @Argument(help: "NAME or NAME@VERSION; by default the release before the one that serves.") var target: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var noting: NoteOption
    @Flag(name: .long, help: "Do not ask.") var yes = false

    func run() async throws {
        try await TransientRun.enter(verb: "rollback")
        let console = output.console
        let session = try HostSession(verb: "rollback", console: console, exclusive: true, note: noting.note)
        let parts = target?.split(separator: "@", maxSplits: 1).map(String.init) ?? []
        let product = try HostSession.product(parts.first)
        let attempt = AuditedAttempt(verb: "rollback", medium: nil, session: session, product: product)
        try await attempt.record { attempt in
            let installation = try session.installation(of: product, events: EventPrinter(console: console))
            try await HostAnswers.recoverFirst(installation, console)
            let release = try RollbackCommand.release(parts.dropFirst().first, try installation.store.load(), product)
            attempt.release = ReleaseReference(
                held: HeldRelease(version: release.version, digest: release.digest, directory: release.directory),
                installation.layout)
            attempt.owesReceipt()
            // What was let in once may serve again (trust §7.2); whoever goes back should know all the same.
            if attempt.release?.keys.isEmpty == true {
                console.warn(
                    "nobody who is believed today has signed \(product) \(release.version): its keys were revoked or replaced"
                )
            }
            let source = try InstalledSource(release, layout: installation.layout)
            try source.verifyTree()
            let prepared = try await installation.prepare(.rollback, source)
            try await HostAnswers.carryOut(prepared, installation, console, yes: yes, verb: "rollback")
        }
    }

    /// The one named, or the newest good one that was called good before the one that serves.
    private static func release(_ asked: String?, _ record: StateRecord?, _ product: ReleaseName) throws
        -> ReleaseRecord
    {
        let active = record?.active
        let others = (record?.releases ?? []).filter { $0.state == .good && $0.directory != active?.directory }
        // The record lists them in the order in which they were called good, whatever the clock said then.
        let found = if let asked { others.last { $0.version == Version(asked) } } else { others.last }
        guard let found else {
            throw HostVerbError.noSuchRelease(
                product: product.text, asked: asked ?? "earlier release", held: others.map(\.version.description))
        }
        return found
    }
}
