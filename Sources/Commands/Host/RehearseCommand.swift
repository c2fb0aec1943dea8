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
    var release: String
    @Option(name: .long, help: "How long the load lasts, in seconds.") var seconds = 10
    @OptionGroup var trust: HostTrustOptions
    @OptionGroup var output: OutputOptions

    func validate() throws {
        guard (1...3600).contains(seconds) else { throw ValidationError("--seconds takes 1 to 3600") }
    }

    func run() async throws {
        try TransientRun.enter(verb: "rehearse", arguments: Array(CommandLine.arguments.dropFirst()))
        let console = output.console
        let session = try HostSession(verb: "rehearse", console: console, exclusive: true)
        let isHeld = try release.contains("@") && !FileSystem.exists(HostPath(release))
        let attempt = AuditedAttempt(verb: "rehearse", medium: isHeld ? nil : release, session: session)
        try await attempt.record { attempt in
            let (installation, source) = try await isHeld ? held(session) : carried(session, attempt)
            attempt.release =
                attempt.release
                ?? ReleaseReference(
                    name: source.manifest.name, version: source.manifest.version, digest: source.digest)
            let prepared = try await installation.prepare(
                .install, source, halt: .rehearsal, rehearsal: .seconds(seconds))
            guard prepared.plan.replaces != nil else { throw HostVerbError.nothingToRehearse(prepared.plan.name) }
            guard prepared.problems.isEmpty else { throw HostVerbError.preflight(prepared.problems) }
            if case .rehearsed(let figures) = try await installation.run(prepared) {
                try RehearsalText(figures).give(console)
            }
        }
    }

    private func carried(_ session: HostSession, _ attempt: AuditedAttempt) async throws
        -> (Installation, any ReleaseSource)
    {
        let head = try trust.prove(release, console: session.console)
        attempt.release = ReleaseReference(head)
        let events = EventPrinter(console: session.console)
        let installation = try session.installation(of: head.manifest.name, events: events)
        try await HostAnswers.recoverFirst(installation, session.console)
        let source = try BundleSource(head, layout: installation.layout)
        if source.delivery == nil { try FileFault.naming(release) { _ = try head.verifyBody() } }
        return (installation, source)
    }

    private func held(_ session: HostSession) async throws -> (Installation, any ReleaseSource) {
        let parts = release.split(separator: "@", maxSplits: 1).map(String.init)
        let product = try HostSession.product(parts.first)
        let installation = try session.installation(of: product, events: EventPrinter(console: session.console))
        try await HostAnswers.recoverFirst(installation, session.console)
        let releases = try installation.store.load()?.releases ?? []
        guard let found = releases.last(where: { $0.version == Version(parts.last ?? "") }) else {
            throw HostVerbError.noSuchRelease(
                product: product.text, asked: parts.last ?? "", held: releases.map(\.version.description))
        }
        let source = try InstalledSource(found, layout: installation.layout)
        try source.verifyTree()
        return (installation, source)
    }
}
