// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import Installer

struct PromoteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "promote", abstract: "Switch over to the release that waits in the idle slot.",
        discussion: "It is asked once more whether it is healthy. If it is not, it goes on waiting and nothing changes."
    )

    @Argument(help: "The product; it may be left out when there is one.") var name: String?
    @OptionGroup var output: OutputOptions
    @OptionGroup var noting: NoteOption
    @Flag(name: .long, help: "Do not ask.") var yes = false

    func run() async throws {
        try await TransientRun.enter(verb: "promote")
        let console = output.console
        let paused = try PausedProduct(verb: "promote", name: name, console: console, note: noting.note)
        try await paused.audited { installation, pause in
            console.say(PlanText(pause.plan, waits: true).text)
            if !yes, Console.isInteractive {
                guard console.ask("go ahead? [y/N] ") else { throw HostVerbError.notAsked(verb: "promote") }
            }
            StopSignals.shared.arm(paused.session.stopping)
            paused.printer.expect(Forecast.promoting(pause.plan, installation.layout))
            try await installation.promote(pause)
            HostAnswers.answer(pause.plan, installation, console, changed: true)
        }
    }
}
