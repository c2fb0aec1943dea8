// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostRecords
import HostSystem
import Installer

struct RecoverCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "recover", abstract: "Undo or finish what a run that died left open.",
        discussion:
            "Before its cutover a run is undone, after it it is finished. With nothing to do it changes nothing.")

    @Argument(help: "The product; all of them by default.") var name: String?
    @Flag(help: "The host is coming up: rules first, then services are queued. For the boot unit.") var boot = false
    @Flag(help: "Say nothing when there is nothing to recover. For the unit of an installation.") var ifNeeded = false
    @Flag(
        help: ArgumentHelp(
            "Put traffic rules back whenever somebody takes them away. For a unit of the tool's own.",
            visibility: .private)) var watch = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var noting: NoteOption

    func run() async throws {
        let console = output.console
        if watch { return try await RulesWatch(console: console).run() }
        let hasEnded = RecoverCommand.hasRunEnded
        // What a killed run left is finished behind it, or by whoever was faster: that is waited for (host-state §6.4).
        let session: HostSession
        do {
            session = try HostSession(
                verb: "recover", console: console, exclusive: true, note: noting.note,
                waitsFor: { holder in
                    TransientRun.isBehindRun ? !hasEnded : boot || ifNeeded || holder?.verb == "recover"
                })
        } catch is LockError where TransientRun.isBehindRun && hasEnded {
            // The run was turned away and has said so; whoever is at work recovered first.
            return
        }
        // Services that are queued start at once, so at a boot nothing comes behind that.
        if boot { await RulesWatch.begin(session) }
        let products = try name.map { [try HostSession.product($0, orLeft: true)] } ?? HostLayout.withRecords()
        // One product that cannot be recovered must not keep the others from coming up.
        var first: (any Error)?
        var outcomes: [(ReleaseName, Recoverer.Outcome)] = []
        defer { RecoverCommand.endRun(outcomes.map(\.1), first) }
        for product in products {
            do {
                let outcome = try await installation(product, session).recover(booting: boot)
                outcomes.append((product, outcome))
                say(outcome, product, console)
                if let words = outcome.words { AuditedAttempt.recovered(product, words, session) }
                HostReceipts(session).settle(product, why: outcome.words)
            } catch {
                console.fail(Explanation.orPlain(error))
                AuditedAttempt.recovered(product, failing: error, session)
                HostReceipts(session).settle(product, why: Explanation.orPlain(error).firstLine)
                first = first ?? error
            }
        }
        if console.json, first == nil, !ifNeeded { console.answer(json: ["products": .array(outcomes.map(json))]) }
        if outcomes.contains(where: { if case .postponed = $0.1 { true } else { false } }) {
            try await RecoverCommand.queueFinish(session)
        }
        if !boot { await RulesWatch.begin(session) }
        if let first { throw Explanation.orPlain(first).status }
    }

    /// What cannot be waited for at boot is done right behind it, in a unit of its own.
    private static func queueFinish(_ session: HostSession) async throws {
        let argv = [
            "systemd-run", "--quiet", "--no-block", "--collect", "--unit=bundle-finish",
            "--property=Restart=on-abnormal", "--property=RestartSec=1",
            "--property=After=\(BootUnit.name)", "--", "/usr/lib/bundle/bundle", "recover", "--if-needed",
        ]
        let result = try await session.runner.run(Command(argv))
        if result.status != 0 { session.console.warn("run `bundle recover` once the host is up: \(result.errorText)") }
    }

    private func installation(_ product: ReleaseName, _ session: HostSession) throws -> Installation {
        try session.installation(of: product, events: EventPrinter(console: session.console))
    }

    /// What the run said that this is behind; nothing where it is behind none.
    private static var runLines: [RunLine] {
        guard TransientRun.isBehindRun, let log = TransientRun.log, var reader = try? RunReader(log.path) else {
            return []
        }
        return (try? reader.next()) ?? []
    }

    /// Whether that run has said how it ended.
    private static var hasRunEnded: Bool { runLines.contains { if case .ended = $0 { true } else { false } } }

    /// A run that died has not said how it ended: whoever follows it hears it from the recovery behind it.
    private static func endRun(_ outcomes: [Recoverer.Outcome], _ failure: (any Error)?) {
        guard TransientRun.isBehindRun, !hasRunEnded, let log = TransientRun.log else { return }
        let status =
            outcomes.map(\.statusOfRun).last { $0 != .failedNothingChanged } ?? recoveredBefore()
            ?? .failedNothingChanged
        log.append(.ended(failure.map { Explanation.orPlain($0).status.rawValue } ?? status.rawValue))
    }

    /// How a run ended that somebody else was faster to recover: no other one has the lock meanwhile, so what the history
    /// has since the run's beginning is its.
    private static func recoveredBefore() -> ExitStatus? {
        var started: Int64?
        var product: ReleaseName?
        for line in runLines {
            if case .begun(let beginning) = line { started = beginning.started }
            if case .product(let name) = line { product = name }
        }
        guard let started, let product, let newest = try? History.list(HostLayout(product: product)).first,
            newest.number != nil, let record = newest.record, record.ended >= started
        else { return nil }
        return record.outcome.map { RecoverCommand.status(of: $0) }
    }

    private static func status(of outcome: JournalOutcome) -> ExitStatus {
        switch outcome {
        case .done: .done
        case .undone: .failedAndRolledBack
        case .stuck: .operatorNeeded
        }
    }

    private func json(_ product: ReleaseName, _ outcome: Recoverer.Outcome) -> JSONValue {
        [
            "name": .string(product.text), "outcome": .string(outcome.word),
            "words": outcome.words.map { .string($0) } ?? .null,
        ]
    }

    private func say(_ outcome: Recoverer.Outcome, _ product: ReleaseName, _ console: Console) {
        if console.json { return }
        if let words = outcome.words { return console.answer("\(product): \(words)") }
        guard !boot, !ifNeeded else { return }
        if case .ready(let version) = outcome {
            console.answer("\(product): nothing to recover; \(version) waits to be promoted")
        } else {
            console.answer("\(product): nothing to recover")
        }
    }
}
