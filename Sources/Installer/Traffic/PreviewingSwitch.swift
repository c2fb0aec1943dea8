// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import HostSystem

/// A switch that can lead some new connections to the idle slot before the cutover. An optional capability: a driver that
/// cannot do it is a `TrafficSwitch` and no more.
///
/// Both choose when a connection begins; an open one stays where it is. `flip` ends both in its own transaction, and what
/// has a place in neither goes to the active slot.
package protocol PreviewingSwitch: TrafficSwitch {
    /// New connections of these clients to the public ports of `table` reach its places; without networks, nobody's do.
    func preview(_ table: TrafficTable, from networks: [ClientNetwork]) async throws
    /// So many of a hundred new connections to the public ports of `table` reach its places, chosen by chance.
    /// - Parameter span: then the kernel ends it by itself, unless this was called again.
    func canary(_ table: TrafficTable, share: Int, for span: TimeSpan) async throws
    func endCanary() async throws
}

/// Who is led to the idle slot, read back from the kernel.
package struct IdleTraffic: Equatable, Sendable {
    /// Where the idle slot's public ports lead.
    package var places: [Int: Set<Endpoint>]
    /// Networks in preview, as nft prints them.
    package var networks: Set<String>
    /// Ports in canary, and the share of a hundred.
    package var canaryPorts: Set<Int>
    package var share: Int?

    package init(
        places: [Int: Set<Endpoint>] = [:], networks: Set<String> = [], canaryPorts: Set<Int> = [], share: Int? = nil
    ) {
        self.places = places
        self.networks = networks
        self.canaryPorts = canaryPorts
        self.share = share
    }

    /// The share that is in force; nil when no canary runs or its time is over.
    package var canary: Int? { canaryPorts.isEmpty ? nil : share }
    package var leadsSomebody: Bool { !networks.isEmpty || canary != nil }
}

/// Clients by address: `10.0.0.0/8`, `2001:db8::/32`, or one address.
package struct ClientNetwork: Equatable, Sendable, CustomStringConvertible {
    package let address: String
    package let prefix: Int
    package let isIPv6: Bool

    /// - Returns: nil unless it is a numeric address, with a length of prefix that its family has.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, let bytes = Endpoint(address: parts[0], port: 1).socket?.address else { return nil }
        let longest = bytes.count * 8
        let prefix = parts.count == 2 ? Int(parts[1]) : longest
        guard let prefix, (0...longest).contains(prefix) else { return nil }
        address = parts[0]
        self.prefix = prefix
        isIPv6 = longest == 128
    }

    package var description: String { "\(address)/\(prefix)" }
}
