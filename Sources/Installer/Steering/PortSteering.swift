// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Where the program of an image really listens: it binds to a fixed port on all addresses, as it was built to, and the
/// kernel puts it on its slot's address and slot port instead (decision 0022). A value; `programs` is what it is to the
/// kernel.
package struct PortSteering: Equatable, Sendable {
    /// One declared port.
    package struct Port: Equatable, Sendable {
        /// What the program binds to.
        package let container: Int
        /// Where it then listens.
        package let slot: Int

        package init(container: Int, slot: Int) {
            self.container = container
            self.slot = slot
        }
    }

    package let v4: String
    package let v6: String
    package let ports: [Port]

    package init(v4: String, v6: String, ports: [Port]) {
        self.v4 = v4
        self.v6 = v6
        self.ports = ports.sorted { $0.container < $1.container }
    }

    /// nil for a service whose ports are all told to it: there is nothing to steer.
    package init?(_ service: Service, slot: Slot?, addresses: SlotAddresses) {
        let ports = service.ports.values.compactMap { port in
            port.container.map { Port(container: $0, slot: SlotAddresses.slotPort(port.port)) }
        }
        guard !ports.isEmpty else { return nil }
        self.init(v4: addresses.v4(slot), v6: addresses.v6(slot), ports: ports)
    }

    /// The name of the programs in the kernel, as `bpftool cgroup tree` shows it.
    package static let name = "bundle_steer"

    /// What a unit runs before its container: attaches `programs` to the unit's own control group.
    /// - Parameter above: to the unit's slice instead, where the container is beside the unit.
    package func command(above: Bool) -> [String] {
        ["/usr/lib/bundle/bundle", "steer"] + (above ? ["--slice"] : []) + ["--v4", v4, "--v6", v6]
            + ports.map { "\($0.container):\($0.slot)" }
    }
}
