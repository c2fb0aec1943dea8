// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Installer

/// What the verbs that change a host have in common: recover first, show the plan, carry it out, say what serves.
enum HostAnswers {
    /// A run that died is undone or finished before anything else is looked at.
    static func recoverFirst(_ installation: Installation, _ console: Console) async throws {
        let outcome = try await installation.recover()
        HostReceipts(facts: installation.facts, console: console)
            .settle(installation.layout.product, why: outcome.words)
        if case .ready(let version) = outcome { throw HostVerbError.waiting(installation.layout.product, version) }
        if let words = outcome.words { console.say("recovered first: \(words)") }
    }

    static func carryOut(
        _ prepared: Installation.Prepared, _ installation: Installation, _ console: Console, yes: Bool, verb: String
    ) async throws {
        if prepared.isUnchanged {
            answer(prepared.plan, installation, console, changed: false)
            return
        }
        guard prepared.problems.isEmpty else { throw HostVerbError.preflight(prepared.problems) }
        console.say(PlanText(prepared.plan).text)
        if !yes, Console.isInteractive {
            let isDowngrade = prepared.plan.warnings.contains { if case .downgrade = $0 { true } else { false } }
            guard console.ask(isDowngrade ? "downgrade all the same? [y/N] " : "go ahead? [y/N] ") else {
                throw HostVerbError.notAsked(verb: verb)
            }
        }
        // Up to here a Ctrl-C ends the program: there is nothing to undo.
        StopSignals.shared.arm(installation.environment.stopping)
        let forecast = Forecast.of(
            prepared.plan, installation.layout, bytes: prepared.source.manifest.tree.bytes)
        (installation.environment.events as? EventPrinter)?.expect(forecast)
        switch try await installation.run(prepared) {
        case .good: answer(prepared.plan, installation, console, changed: true)
        case .ready: answer(ready: prepared.plan, console)
        case .rehearsed(let figures): try RehearsalText(figures).give(console)
        }
    }

    private static func answer(ready plan: Plan, _ console: Console) {
        if console.json {
            let answer: JSONValue = [
                "name": .string(plan.name.text), "version": .string(plan.version.description),
                "digest": .string(plan.digest.hex), "slot": .string(plan.slot.rawValue), "ready": true,
            ]
            console.answer(json: answer)
            return
        }
        let serving = plan.replaces.map { "\($0.version) serves as before" } ?? "nothing serves yet"
        console.answer(
            """
            \(plan.name) \(plan.version) is ready in \(plan.slot.rawValue); \(serving)
            to look at it first: bundle preview \(plan.name) --from ADDRESS
            to switch over: bundle promote \(plan.name)
            to undo: bundle abort \(plan.name)
            """)
    }

    static func answer(_ plan: Plan, _ installation: Installation, _ console: Console, changed: Bool) {
        let record = try? installation.store.load()
        let screen = FinalScreen(plan: plan, record: record)
        if console.json { return console.answer(json: screen.json(changed: changed)) }
        guard changed else {
            console.answer(
                plan.verb == .reconfigure
                    ? "nothing that \(plan.name) \(plan.version) reads has changed; no service was touched"
                    : "\(plan.name) \(plan.version) runs already; nothing was changed")
            return
        }
        console.answer(screen.text)
    }
}
