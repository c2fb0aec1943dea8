// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostSystem
import Installer

struct AbortCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "abort", abstract: "Take away the release that waits in the idle slot.",
        discussion: "The host is then as it was before `install --until ready`; what serves is not touched.")

    @Argument(help: "The product; it may be left out when there is one.") var name: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var noting: NoteOption

    func run() async throws {
        try await TransientRun.enter(verb: "abort")
        let console = output.console
        let paused = try PausedProduct(verb: "abort", name: name, console: console, note: noting.note)
        try await paused.audited { installation, pause in
            // It is the way back itself: half of it would be neither.
            try paused.session.stopping.pass()
            StopSignals.shared.arm(
                paused.session.stopping,
                goesOn: "taking it away goes on to its end; what serves is not touched; press again to let go of it")
            try await installation.takeAway(pause)
            let plan = pause.plan
            let serving = plan.replaces.map { "\($0.version) serves as before" } ?? "nothing is installed, as before"
            if console.json {
                console.answer(json: [
                    "name": .string(plan.name.text), "version": .string(plan.version.description), "aborted": true,
                ])
            } else {
                console.answer("\(plan.name) \(plan.version) was taken away; \(serving)")
            }
        }
    }
}
