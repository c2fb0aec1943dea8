// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import Installer

/// For the unit of a product with `traffic: sockets` only: leads what comes in at its sockets to the slot that serves.
struct ForwardCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "forward", abstract: "Lead clients of sockets that systemd holds to the slot that serves.",
        shouldDisplay: false)

    @Option(help: "The Unix socket at which it is told where.") var control: String
    @Option(help: "The file with which it begins.") var routes: String
    @Option(help: "How it is spoken to; units of another tool's have another.") var language: Int

    func run() async throws {
        guard language == ForwarderProgram.language else {
            throw ValidationError("this tool speaks \(ForwarderProgram.language)")
        }
        try await ForwarderProgram(control: HostPath(control), routes: HostPath(routes)).run(InheritedListener.all())
    }
}
