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
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let session = try HostSession(verb: "plan", console: console, exclusive: false)
        let offered = try OfferedRelease.find(bundle, trust, console)
        let installation = try session.installation(of: offered.name)
        let (source, _) = try offered.source(installation.layout, trust, console, whole: false)
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
