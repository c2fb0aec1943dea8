// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// A stable port whose sockets systemd holds, and where they listen.
package struct HeldPort: Equatable, Sendable {
    package let port: Int
    /// `ADDRESS:PORT`, as systemd.socket(5) wants them.
    package let listens: [String]

    /// Where clients come by themselves: at every address for `public`, on loopback for `host`. Two kinds of ports cannot
    /// be held there. Linux lets nobody listen at 169.254.77.1:8080 while somebody does at 0.0.0.0:8080, and from 1024 on the
    /// slot's port is the stable one. And only rules know whom a network's port is for. Both stand at the product's own
    /// address, and one rule leads there, whoever serves.
    static func isBehindRules(_ exposure: Port.Exposure, port: Int) -> Bool {
        switch exposure {
        case .public: SlotAddresses.slotPort(port) == port
        case .network: true
        case .host, .slot: false
        }
    }

    private static func isBehindRules(_ entry: TrafficTable.Entry) -> Bool {
        isBehindRules(entry.exposure, port: entry.port)
    }

    init(_ entry: TrafficTable.Entry, addresses: SlotAddresses, hasIPv6: Bool) {
        port = entry.port
        let both: [Endpoint]  // IPv4 first
        if HeldPort.isBehindRules(entry) {
            both = [addresses.proxy(port: port), addresses.proxy6(port: port)]
        } else {
            let places = entry.exposure == .host ? ["127.0.0.1", "::1"] : ["0.0.0.0", "::"]
            both = places.map { Endpoint(address: $0, port: entry.port) }
        }
        listens = (hasIPv6 ? both : [both[0]]).map(\.description)
    }

    /// What the kernel does for such ports.
    static func rules(_ table: TrafficTable, addresses: SlotAddresses, hasIPv6: Bool) -> TrafficTable {
        TrafficTable(
            table.entries.filter(isBehindRules).map { entry in
                var entry = entry
                entry.v4 = addresses.proxy(port: entry.port)
                entry.v6 = hasIPv6 ? addresses.proxy6(port: entry.port) : nil
                return entry
            })
    }
}
