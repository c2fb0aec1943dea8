// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Installer

/// The negative controls: ways to flip that lose connections on every kernel, because a packet that goes through the rules of
/// the old generation looks a port up among the elements of the new one (decision 0021).
enum LosingFlip: String, CaseIterable {
    /// Named maps, in a table that each flip deletes and creates.
    case recreatedTable = "--recreate-table"
    /// Rules that each flip writes anew, each with the ports in a map of its own.
    case anonymousMap = "--anonymous-map"

    func transaction(table: String, to ports: TrafficTable) -> String {
        let target = "add rule inet \(table) everybody meta nfproto"
        let four = ports.entries.map { "\($0.port) : \($0.v4.address) . \($0.v4.port)" }
        let six = ports.entries.compactMap { entry in entry.v6.map { "\(entry.port) : \($0.address) . \($0.port)" } }
        let lists = (four: "{ \(four.joined(separator: ", ")) }", six: "{ \(six.joined(separator: ", ")) }")
        var lines = ["add table inet \(table)"]
        if self == .recreatedTable { lines += ["delete table inet \(table)", "add table inet \(table)"] }
        lines.append("add chain inet \(table) everybody")
        lines.append("flush chain inet \(table) everybody")
        switch self {
        case .recreatedTable:
            for (name, type, list) in [("four", "ipv4_addr", lists.four), ("six", "ipv6_addr", lists.six)] {
                lines.append("add map inet \(table) \(name) { type inet_service : \(type) . inet_service; }")
                lines.append("add element inet \(table) \(name) \(list)")
            }
            lines.append("\(target) ipv4 dnat ip to tcp dport map @four")
            lines.append("\(target) ipv6 dnat ip6 to tcp dport map @six")
        case .anonymousMap:
            lines.append("\(target) ipv4 dnat ip to tcp dport map \(lists.four)")
            lines.append("\(target) ipv6 dnat ip6 to tcp dport map \(lists.six)")
        }
        for hook in ["prerouting", "output"] {
            lines.append("add chain inet \(table) \(hook) { type nat hook \(hook) priority -110; }")
            lines.append("flush chain inet \(table) \(hook)")
            lines.append("add rule inet \(table) \(hook) fib daddr type local jump everybody")
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
