// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostRecords
import HostSystem
import Installer

struct CanaryCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "canary", abstract: "Lead a share of new connections to the release that waits in the idle slot.",
        discussion:
            "Each new connection to a public port is decided by chance and stays where it began. Both slots are "
            + "watched meanwhile; a fault ends the canary. It ends with promote, abort, a reboot, or --share 0.")

    @Argument(help: "The product; it may be left out when there is one.") var name: String?
    @Option(name: .long, help: "So many per cent of new connections, 1% to 99%; 0 ends it.") var share: String?
    @Flag(name: .long, help: .hidden) var watch = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var noting: NoteOption

    private var percent: Int? {
        share.flatMap { Int($0.hasSuffix("%") ? $0.dropLast() : Substring($0)) }.flatMap {
            (0...99).contains($0) ? $0 : nil
        }
    }

    func validate() throws {
        guard watch || percent != nil else { throw ValidationError("--share takes a per cent from 0 to 99, like 10%") }
    }

    func run() async throws {
        let console = output.console
        if watch { return try await CanaryWatch(name: name, console: console).run() }
        let percent = percent ?? 0
        let paused = try PausedProduct(verb: "canary", name: name, console: console, note: noting.note)
        let watch = UnitNames(product: paused.product).canaryWatch
        try await paused.audited { installation, pause in
            try await installation.environment.services.stop(watch, timeout: TimeSpan.seconds(10))
            try await installation.canary(pause, share: percent)
            if percent > 0 { try await CanaryWatch.begin(paused.product, unit: watch, paused.session) }
            if console.json {
                console.answer(json: [
                    "name": .string(paused.product.text), "version": .string(pause.ready.version.description),
                    "share": .integer(Int64(percent)),
                ])
            } else if percent == 0 {
                console.answer("\(paused.product): the canary has ended; \(pause.ready.version) goes on waiting")
            } else {
                console.answer(
                    """
                    \(paused.product): \(percent) % of new connections reach \(pause.ready.version) in \(pause.ready.slot.rawValue); both slots are watched
                    to go on: bundle promote \(paused.product)
                    to end it: bundle canary \(paused.product) --share 0, or bundle abort \(paused.product)
                    """)
            }
        }
    }
}
