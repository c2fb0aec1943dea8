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

    package func make(_ driver: TrafficDriver) -> any TrafficSwitch {
        let kernel = NFTablesSwitch(product: layout.product, addresses: addresses, runner: runner)
        switch driver {
        case .nftables: return kernel
        case .sockets: return forwarder(before: kernel)
        case .haproxy: return proxy(before: kernel)
        }
    }

    private func proxy(before kernel: NFTablesSwitch) -> HAProxySwitch {
        let directory = HAProxyUnit.directory(layout)
        let program = SystemCommandRunner.locate("haproxy") ?? "/usr/sbin/haproxy"
        let unit = HAProxyUnit(product: layout.product, program: program, directory: directory)
        let process = ProxyUnit(
            unit, path: layout.unit(HAProxyUnit.name(layout.product)), services: services)
        return HAProxySwitch(
            addresses: addresses, kernel: kernel, directory: directory, program: program, process: process,
            runner: runner)
    }

    private func forwarder(before kernel: NFTablesSwitch) -> SocketsSwitch {
        let routes = SocketUnits.directory(layout) / "routes.json"
        let process = SystemdForwarder(layout: layout, routes: routes, services: services)
        return SocketsSwitch(
            addresses: addresses, kernel: kernel, routes: routes, process: process, runner: runner)
    }
}
