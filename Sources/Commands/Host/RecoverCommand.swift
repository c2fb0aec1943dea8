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
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let session = try HostSession(verb: "recover", console: console, exclusive: true)
        let products = try name.map { [try HostSession.product($0)] } ?? HostLayout.withRecords()
        // One product that cannot be recovered must not keep the others from coming up.
        var first: (any Error)?
        var outcomes: [Recoverer.Outcome] = []
        var postponed = false
        defer { RecoverCommand.endRun(outcomes, first) }
        for product in products {
            do {
                let outcome = try await installation(product, session).recover(booting: boot)
                outcomes.append(outcome)
                if say(outcome, product, console) { postponed = true }
            } catch {
                console.fail(Explanation.orPlain(error))
                first = first ?? error
            }
        }
        if postponed { try await RecoverCommand.queueFinish(session) }
        if let first { throw Explanation.orPlain(first).status }
    }

    /// What cannot be waited for at boot is done right behind it, in a unit of its own.
    private static func queueFinish(_ session: HostSession) async throws {
        let argv = [
            "systemd-run", "--quiet", "--no-block", "--collect", "--unit=bundle-finish",
            "--property=After=\(BootUnit.name)", "--", "/usr/lib/bundle/bundle", "recover", "--if-needed",
        ]
        let result = try await session.runner.run(Command(argv))
        if result.status != 0 { session.console.warn("run `bundle recover` once the host is up: \(result.errorText)") }
    }

    private func installation(_ product: ReleaseName, _ session: HostSession) throws -> Installation {
        try session.installation(of: product, events: EventPrinter(console: session.console))
    }

    /// A run that died has not said how it ended: whoever follows it hears it from the recovery behind it.
    private static func endRun(_ outcomes: [Recoverer.Outcome], _ failure: (any Error)?) {
        guard TransientRun.isBehindRun, let log = TransientRun.log, var reader = try? RunReader(log.path),
            let lines = try? reader.next(), !lines.contains(where: { if case .ended = $0 { true } else { false } })
        else { return }
        var status = ExitStatus.failedNothingChanged
        for outcome in outcomes {
            switch outcome {
            case .undone: status = .failedAndRolledBack
            case .finished: status = .done
            case .postponed: status = .operatorNeeded
            case .nothing, .ready, .rulesPutBack: break
            }
        }
        log.append(.ended(failure.map { Explanation.orPlain($0).status.rawValue } ?? status.rawValue))
    }

    /// - Returns: whether something is left for after the boot.
    private func say(_ outcome: Recoverer.Outcome, _ product: ReleaseName, _ console: Console) -> Bool {
        switch outcome {
        case .nothing: if !boot, !ifNeeded { console.answer("\(product): nothing to recover") }
        case .ready(let version):
            if !boot, !ifNeeded { console.answer("\(product): nothing to recover; \(version) waits to be promoted") }
        case .rulesPutBack:
            console.answer("\(product): the traffic rules were not what they should be; they are put back")
        case .undone(let verb, let step):
            console.answer("\(product): \(verb) had died at \(step); the old release serves")
        case .finished(let verb):
            console.answer("\(product): \(verb) had died after its cutover; the new release serves")
        case .postponed(let verb):
            console.answer(
                "\(product): \(verb) had died while the new release was watched; it is watched again after the boot")
            return true
        }
        return false
    }
}
