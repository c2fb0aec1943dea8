// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostRecords
import HostSystem
import Installer

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say what runs, and whether the host does what its record says.",
        discussion: "Only looks. Ends with 12 when something differs, with 10 when nothing is installed.")

    @Argument(help: "The product; all of them by default.") var name: String?
    @Flag(help: "Attach to the run that is under way, and end as it ends. Ctrl-C lets go of it.") var follow = false
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let session = try HostSession(verb: "status", console: console, exclusive: false)
        if follow { throw RunEnded(status: try await followed(console).follow()) }
        let staged = try StagedReleases.products()
        let products = try name.map { [try HostSession.product($0, orStaged: true)] } ?? HostLayout.products()
        let onlyStaged = staged.filter { product in
            !products.contains(product) && name == nil
        }
        guard !products.isEmpty || !onlyStaged.isEmpty else { throw HostVerbError.nothingInstalled }
        var found: [HostStatus] = []
        var waiting: [(ReleaseName, [StagedRelease])] = []
        for product in products + onlyStaged {
            let environment = try session.installation(of: product).environment
            let status = try await HostStatus.gather(
                layout: environment.layout, services: environment.services, traffic: environment.traffic,
                outside: environment.outside)
            if let status {
                found.append(status)
            } else {
                waiting.append((product, try StagedReleases(layout: environment.layout).list()))
            }
        }
        let trust = StatusTrust()
        let answers = found.map { StatusAnswer($0, trust: trust) }
        if console.json {
            let none = waiting.map { StatusAnswer.json($0, staged: $1) }
            console.answer(json: ["host": trust.json, "products": .array(answers.map(\.json) + none)])
        } else {
            let none = waiting.map {
                "\($0): nothing serves\n" + StatusAnswer.staged($1, of: $0).joined(separator: "\n")
            }
            console.answer(Console.printable((answers.map(\.text) + none + [trust.text]).joined(separator: "\n")))
        }
        if found.contains(where: { !$0.differences.isEmpty }) { throw ExitStatus.drift }
    }

    /// The newest run that has not ended, of the product if one is named.
    private func followed(_ console: Console) throws -> RunFollower {
        for log in try RunLog.logs(in: HostLayout.runs()).reversed() {
            var reader = try RunReader(log)
            let lines = try reader.next()
            guard case .begun(let beginning)? = lines.first, !lines.contains(.closed) else { continue }
            if let name {
                let isOther = lines.contains {
                    if case .product(let product) = $0 { product.text != name } else { false }
                }
                if isOther { continue }
            }
            console.say("\(beginning.verb) since \(UTCTime(beginning.started)); Ctrl-C lets go of it, and it goes on")
            return RunFollower(log: log, unit: beginning.unit, console: console, isOwner: false)
        }
        throw HostVerbError.nothingFollowed(name)
    }
}
