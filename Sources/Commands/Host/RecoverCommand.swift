// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostRecords
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
        for product in products {
            do {
                try await recover(product, session)
            } catch {
                console.fail(Explanation.orPlain(error))
                first = first ?? error
            }
        }
        if let first { throw Explanation.orPlain(first).status }
    }

    private func recover(_ product: ReleaseName, _ session: HostSession) async throws {
        let console = session.console
        let installation = try session.installation(of: product, events: EventPrinter(console: console))
        switch try await installation.recover(booting: boot) {
        case .nothing: if !boot, !ifNeeded { console.answer("\(product): nothing to recover") }
        case .undone(let verb, let step):
            console.answer("\(product): \(verb) had died at \(step); the old release serves")
        case .finished(let verb):
            console.answer("\(product): \(verb) had died after its cutover; the new release serves")
        }
    }
}
