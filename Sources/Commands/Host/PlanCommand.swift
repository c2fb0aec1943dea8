// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import Installer

struct PlanCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "plan", abstract: "Print what install would do, and every reason why it could not.",
        discussion: "Nothing is changed. Exit status 1 means that install would refuse, for the reasons listed.")

    @Argument(help: "The bundle file, or NAME@VERSION of a release that is staged.", completion: .file())
    var bundle: String
    @OptionGroup var trust: HostTrustOptions
    @OptionGroup var elsewhere: AgainstOptions
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        if let inventory = elsewhere.against {
            return try AgainstPlan(bundle: bundle, inventory: inventory, elsewhere, trust).run(console)
        }
        let session = try HostSession(verb: "plan", console: console, exclusive: false)
        do { try await plan(session, console) } catch {
            // A plan changes nothing and is in no log; that somebody brought what this host does not believe is (host-state §4.1).
            if Explanation.orPlain(error).status == .refusedByTrust {
                AuditedAttempt.refused("plan", medium: bundle, by: error)
            }
            throw error
        }
    }

    private func plan(_ session: HostSession, _ console: Console) async throws {
        let offered = try OfferedRelease.find(bundle, trust, console)
        var installation = try session.installation(of: offered.name)
        let (source, _, proof) = try offered.source(installation.layout, trust, console, whole: false)
        let gate = try PolicyGate(trust.policy, installation.layout, session)
        try gate.announce(proof, source, medium: offered.path)
        installation.lowersFloor = try gate.letsFloorSink()
        let prepared = try await installation.prepare(.install, source)
        guard prepared.problems.isEmpty else { throw HostVerbError.preflight(prepared.problems) }
        if console.json {
            console.answer(json: try PlanFootprint.document(prepared, installation))
        } else if prepared.isUnchanged {
            console.answer("\(prepared.plan.name) \(prepared.plan.version) runs already; install would change nothing")
        } else {
            // A plan in a second is worth more than one that has read a slow stick, as long as it says so.
            let unread =
                source.delivery == nil
                ? "" : "\n  unread    the packs on the medium: `bundle verify` or `bundle stage` proves them"
            console.answer(PlanText(prepared.plan).text + unread)
        }
    }
}
