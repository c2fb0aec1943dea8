// SPDX-License-Identifier: Apache-2.0

/// What leads clients to the slot that serves: the site's choice for one machine (`traffic:` of host.yaml).
package enum TrafficDriver: String, Codable, Sendable, CaseIterable, Hashable {
    /// Rules in the kernel; the default.
    case nftables
    /// A HAProxy of the product's own, which the site's package brings.
    case haproxy
    /// Listening sockets that systemd holds, and a forwarder of ours behind them.
    case sockets
}
