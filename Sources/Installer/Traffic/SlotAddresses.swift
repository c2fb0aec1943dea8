// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// The addresses on `lo` by which the copies of a product's services are told apart, so that no port has to change from
/// slot to slot. Product k has four numbers from 4k: blue 4k+1, green 4k+2, services that run once 4k+3.
package struct SlotAddresses: Equatable, Sendable {
    /// The number that this host's records gave the product.
    package let index: Int

    /// - Returns: nil unless 0 ≤ index ≤ 62, what 169.254.77.0/24 has room for.
    package init?(index: Int) {
        guard (0...62).contains(index) else { return nil }
        self.index = index
    }

    /// - Parameter slot: nil for the services that run once.
    package func v4(_ slot: Slot?) -> String { "169.254.77.\(number(slot))" }
    package func v6(_ slot: Slot?) -> String { "fd77::\(String(number(slot), radix: 16))" }

    /// Where the copy in a slot listens for a declared port.
    package func endpoint(_ slot: Slot?, port: Int) -> Endpoint {
        Endpoint(address: v4(slot), port: SlotAddresses.slotPort(port))
    }

    package func endpoint6(_ slot: Slot?, port: Int) -> Endpoint {
        Endpoint(address: v6(slot), port: SlotAddresses.slotPort(port))
    }

    /// A program without capabilities cannot bind below 1024; its slot port is then 20,000 higher.
    package static func slotPort(_ declared: Int) -> Int { declared >= 1024 ? declared : declared + 20_000 }

    /// The product's own addresses, for rules that name them all.
    package var network4: String { "169.254.77.\(4 * index)/30" }
    package var network6: String { "fd77::\(4 * index == 0 ? "" : String(4 * index, radix: 16))/126" }

    /// The addresses of all products.
    package static let allNetworks4 = "169.254.77.0/24"
    package static let allNetworks6 = "fd77::/112"

    /// The fourth number of a product, which no service has: on the wire of a look from outside, for as long as that takes.
    /// Firewall rules that name the product's network treat it as they treat a slot.
    package var spare4: String { "169.254.77.\(4 * index)" }
    /// As the kernel prints it.
    package var spare6: String { "fd77::\(index == 0 ? "" : String(4 * index, radix: 16))" }

    /// Where a proxy of the product's own stands, at that same number: slots keep theirs, and a port has one listener.
    package func proxy(port: Int) -> Endpoint { Endpoint(address: spare4, port: SlotAddresses.slotPort(port)) }
    package func proxy6(port: Int) -> Endpoint { Endpoint(address: spare6, port: SlotAddresses.slotPort(port)) }

    /// As for the slots.
    package var assignProxy: (v4: Command, v6: Command) {
        (
            Command(["ip", "address", "replace", "\(spare4)/32", "dev", "lo", "scope", "host"], timeoutSeconds: 10),
            Command(
                ["ip", "-6", "address", "replace", "\(spare6)/128", "dev", "lo", "nodad", "preferred_lft", "0"],
                timeoutSeconds: 10)
        )
    }

    /// - Throws: `TrafficError.noAddress`; IPv6 may be missing.
    func assignProxy(_ runner: any CommandRunner, hasIPv6: Bool) async throws {
        let result = try await runner.run(assignProxy.v4)
        guard result.status == 0 else {
            throw TrafficError.noAddress(address: spare4, message: String(result.errorText.prefix(200)))
        }
        if hasIPv6 { _ = try await runner.run(assignProxy.v6) }
    }

    package var unassignProxy: [Command] {
        ["\(spare4)/32", "\(spare6)/128"].map {
            Command(["ip", "address", "delete", $0, "dev", "lo"], timeoutSeconds: 10)
        }
    }

    private func number(_ slot: Slot?) -> Int {
        switch slot {
        case .blue: 4 * index + 1
        case .green: 4 * index + 2
        case nil: 4 * index + 3
        }
    }

    private static let places: [Slot?] = [.blue, .green, nil]

    /// ip-address(8). `scope host` and a preferred lifetime of 0 keep the kernel from choosing one of them as the source
    /// of a connection that leaves the machine.
    package var assignV4: [Command] {
        SlotAddresses.places.map {
            Command(["ip", "address", "replace", "\(v4($0))/32", "dev", "lo", "scope", "host"], timeoutSeconds: 10)
        }
    }

    package var assignV6: [Command] {
        SlotAddresses.places.map {
            Command(
                ["ip", "-6", "address", "replace", "\(v6($0))/128", "dev", "lo", "nodad", "preferred_lft", "0"],
                timeoutSeconds: 10)
        }
    }

    /// Each fails when the address is not there, which is what was wanted.
    package var unassign: [Command] {
        SlotAddresses.places.flatMap { slot in
            ["\(v4(slot))/32", "\(v6(slot))/128"].map {
                Command(["ip", "address", "delete", $0, "dev", "lo"], timeoutSeconds: 10)
            }
        }
    }
}
