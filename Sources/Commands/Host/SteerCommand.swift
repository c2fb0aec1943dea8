// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import Installer

/// For units of images only: puts what the program of the unit binds to on its slot's address (decision 0022).
struct SteerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "steer", abstract: "Attach a service's port steering to the control group of this process.",
        shouldDisplay: false)

    @Flag(name: .customLong("slice"), help: "To the group above: the slice of the unit.") var above = false
    @Option(name: .customLong("v4"), help: "The slot's IPv4 address.") var v4: String
    @Option(name: .customLong("v6"), help: "Its IPv6 address.") var v6: String
    @Argument(help: "CONTAINER:SLOT, a port that the program binds to and where it then listens.") var ports: [String]

    func run() async throws {
        let pairs = try ports.map { text in
            let numbers = text.split(separator: ":").map { Int($0) ?? 0 }
            guard numbers.count == 2, numbers.allSatisfy((1...65535).contains) else {
                throw ValidationError("\(text) is not CONTAINER:SLOT")
            }
            return PortSteering.Port(container: numbers[0], slot: numbers[1])
        }
        guard let programs = PortSteering(v4: v4, v6: v6, ports: pairs).programs else {
            throw ValidationError("\(v4) and \(v6) are not an address of each family")
        }
        let own = try ControlGroup.own()
        try (above ? own.parent : own).attach(programs, name: PortSteering.name)
    }
}
