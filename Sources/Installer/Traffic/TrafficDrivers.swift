// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostRecords
package import HostSystem

/// The one place where the name of a driver becomes the switch of a product.
package struct TrafficDrivers: Sendable {
    let layout: HostLayout
    let addresses: SlotAddresses
    let runner: any CommandRunner
    let services: any ServiceManager

    package init(
        layout: HostLayout, addresses: SlotAddresses, runner: any CommandRunner, services: any ServiceManager
    ) {
        self.layout = layout
        self.addresses = addresses
        self.runner = runner
        self.services = services
    }

    /// Preflight refuses a plan whose driver is not built here, so no record ever names one.
    package static let built: Set<TrafficDriver> = [.nftables]

    package func make(_ driver: TrafficDriver) -> any TrafficSwitch {
        switch driver {
        case .nftables, .haproxy, .sockets:
            NFTablesSwitch(product: layout.product, addresses: addresses, runner: runner)
        }
    }
}
