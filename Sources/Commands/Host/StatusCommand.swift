// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import BundleFormat
import HostRecords
import Installer

struct StatusCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say what runs, and whether the host does what its record says.",
        discussion: "Only looks. Ends with 12 when something differs, with 10 when nothing is installed.")

    @Argument(help: "The product; all of them by default.") var name: String?
    @OptionGroup var output: OutputOptions

    func run() async throws {
        let console = output.console
        let session = try HostSession(verb: "status", console: console, exclusive: false)
        let products = try name.map { [try HostSession.product($0)] } ?? HostLayout.products()
        guard !products.isEmpty else { throw HostVerbError.nothingInstalled }
        var found: [HostStatus] = []
        for product in products {
            let environment = try session.installation(of: product).environment
            let status = try await HostStatus.gather(
                layout: environment.layout, services: environment.services, traffic: environment.traffic,
                outside: environment.outside)
            if let status { found.append(status) }
        }
        if console.json {
            console.answer(bytes: CanonicalJSON.write(["products": .array(found.map { StatusAnswer($0).json })]))
        } else {
            console.answer(Console.printable(found.map { StatusAnswer($0).text }.joined(separator: "\n")))
        }
        if found.contains(where: { !$0.differences.isEmpty }) { throw ExitStatus.drift }
    }
}
