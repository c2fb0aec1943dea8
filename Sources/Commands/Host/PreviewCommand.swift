// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostRecords
import HostSystem
import Installer

struct PreviewCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preview", abstract: "Show the release that waits in the idle slot to clients by address.",
        discussion:
            "Their new connections to the public ports reach the idle slot, everybody else's do not. It ends with "
            + "promote, abort, a reboot, or --off.")

    @Argument(help: "The product; it may be left out when there is one.") var name: String?
    @Option(
        name: .long, parsing: .upToNextOption,
        help: ArgumentHelp("Clients: addresses or networks, `10.0.0.0/8`.", valueName: "cidr"))
    var from: [String] = []
    @Flag(name: .long, help: "Nobody sees the idle slot any more.") var off = false
    @OptionGroup var output: OutputOptions
    @OptionGroup var noting: NoteOption

    func validate() throws {
        guard off != !from.isEmpty else { throw ValidationError("give --from with addresses or networks, or --off") }
        for text in from where ClientNetwork(text) == nil {
            throw ValidationError("\(text) is not an address or a network like 10.0.0.0/8")
        }
    }

    func run() async throws {
        let console = output.console
        let paused = try PausedProduct(verb: "preview", name: name, console: console, note: noting.note)
        try await paused.audited { installation, pause in
            try await installation.preview(pause, from: from.compactMap { ClientNetwork($0) })
            if console.json {
                console.answer(json: [
                    "name": .string(paused.product.text), "version": .string(pause.ready.version.description),
                    "preview": .array(from.map { .string($0) }),
                ])
            } else if off {
                console.answer("\(paused.product): nobody is shown \(pause.ready.version) any more")
            } else {
                console.answer(
                    "\(paused.product): new connections from \(from.joined(separator: ", ")) reach \(pause.ready.version) in "
                        + "\(pause.ready.slot.rawValue)\(mixed(pause.plan))\nto end it: bundle preview \(paused.product) --off"
                )
            }
        }
    }

    /// Those who are shown it should know what they are not shown.
    private func mixed(_ plan: Plan) -> String {
        let replaced = plan.services.filter { $0.action == .replace }.map(\.name)
        guard !replaced.isEmpty else { return "" }
        return "\n\(replaced.joined(separator: ", ")): runs once, and is still the one that serves; promote replaces it"
    }
}
