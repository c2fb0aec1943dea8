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
        var postponed = false
        for product in products {
            do {
                if try await recover(product, session) { postponed = true }
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

    /// - Returns: whether something is left for after the boot.
    private func recover(_ product: ReleaseName, _ session: HostSession) async throws -> Bool {
        let console = session.console
        let installation = try session.installation(of: product, events: EventPrinter(console: console))
        switch try await installation.recover(booting: boot) {
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
