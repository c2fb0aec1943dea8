// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// The one nftables table of a look from outside, as text for `nft -f -`. Every rule begins with the wire's own interface: no
/// other packet is touched by it, not even by one that a killed run leaves behind.
package struct OutsideTable: Equatable, Sendable {
    private let wire: OutsideWire
    /// Where this look's connections are sent instead; empty when they go where they go.
    private let ports: [OutsidePort]

    package init(wire: OutsideWire, rewriting ports: [OutsidePort] = []) {
        self.wire = wire
        self.ports = ports
    }

    /// Traced before conntrack, so that all of a packet's way is seen. Rewritten before a product's own rules (-110) do it,
    /// firewalld's and Docker's: one packet is rewritten once.
    package var text: String {
        var lines = [
            "add table inet \(wire.table)",
            "add chain inet \(wire.table) seen { type filter hook prerouting priority -400; policy accept; }",
            "add rule inet \(wire.table) seen \(ours) tcp flags syn / fin,syn,rst,ack meta nftrace set 1",
        ]
        guard !ports.isEmpty else { return lines.joined(separator: "\n") + "\n" }
        lines.append("add chain inet \(wire.table) way { type nat hook prerouting priority -120; policy accept; }")
        for port in ports {
            let to = "add rule inet \(wire.table) way \(ours)"
            if let end = port.v4 {
                lines.append("\(to) meta nfproto ipv4 tcp dport \(port.number) dnat ip to \(end.address):\(end.port)")
            }
            if let end = port.v6 {
                lines.append(
                    "\(to) meta nfproto ipv6 tcp dport \(port.number) dnat ip6 to [\(end.address)]:\(end.port)")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private var ours: String { "iifname \"\(wire.interface)\"" }

    /// Tables that a killed run left, of what `nft list tables` says: those whose wire is gone.
    package static func left(in listing: String, isThere: (String) -> Bool) -> [String] {
        listing.split(separator: "\n").compactMap { line in
            let words = line.split(separator: " ")
            guard words.count == 3, words[1] == "inet", words[2].hasPrefix(OutsideWire.tablePrefix) else { return nil }
            let token = words[2].dropFirst(OutsideWire.tablePrefix.count)
            return isThere("bundle" + token) ? nil : String(words[2])
        }
    }
}
