// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Some new connections to the idle slot: of named clients (preview), or a share chosen by chance (canary).
extension NFTablesText {
    /// The chain whose only rules say the share; it is empty while there is no canary, and so is the set that leads there.
    static let shareChain = "share"

    /// NAT looks at the first packet of a connection alone, so conntrack keeps each where it began. A port that the idle
    /// slot does not have falls through to the active one.
    var asideChains: [(name: String, hook: String, rules: [String])] {
        [
            (NFTablesText.shareChain, "", []),
            (
                "aside", "",
                [
                    "ip saddr @preview4 dnat ip to tcp dport map @idle4",
                    "ip6 saddr @preview6 dnat ip6 to tcp dport map @idle6",
                    "tcp dport @canary jump \(NFTablesText.shareChain)",
                ]
            ),
        ]
    }

    package func preview(_ idle: TrafficTable, from networks: [ClientNetwork]) -> String {
        var lines = networks.isEmpty ? [] : places(idle)
        for (set, isIPv6) in [("preview4", false), ("preview6", true)] {
            lines.append("flush set inet \(table) \(set)")
            let list = networks.filter { $0.isIPv6 == isIPv6 }.map(\.description)
            if !list.isEmpty {
                lines.append("add element inet \(table) \(set) { \(list.joined(separator: ", ")) }")
            }
        }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Elements with a kernel timeout: a canary that nobody watches any more ends by itself.
    package func canary(_ idle: TrafficTable, share: Int, for span: TimeSpan) -> String {
        let ports = idle.entries.filter { $0.exposure == .public }.map { String($0.port) }
        let timeout = " timeout \(max(1, (span.milliseconds + 999) / 1000))s"
        var lines = places(idle) + ["flush set inet \(table) canary"]
        if !ports.isEmpty {
            let list = ports.map { $0 + timeout }.joined(separator: ", ")
            lines.append("add element inet \(table) canary { \(list) }")
        }
        lines.append("flush chain inet \(table) \(NFTablesText.shareChain)")
        for (family, target, map) in [("ipv4", "ip", "idle4"), ("ipv6", "ip6", "idle6")] {
            lines.append(
                "add rule inet \(table) \(NFTablesText.shareChain) meta nfproto \(family) numgen random mod 100 < \(share) "
                    + "dnat \(target) to tcp dport map @\(map)")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    package var endCanary: String {
        "flush set inet \(table) canary\nflush chain inet \(table) \(NFTablesText.shareChain)\n"
    }

    /// What a flip ends beside moving the ports.
    var endAside: [String] {
        ["preview4", "preview6", "canary"].map { "flush set inet \(table) \($0)" }
            + ["idle4", "idle6"].map { "flush map inet \(table) \($0)" }
            + ["flush chain inet \(table) \(NFTablesText.shareChain)"]
    }

    private func places(_ idle: TrafficTable) -> [String] {
        let entries = idle.entries.filter { $0.exposure == .public }
        let four = entries.map { "\($0.port) : \($0.v4.address) . \($0.v4.port)" }
        let six = entries.compactMap { entry in entry.v6.map { "\(entry.port) : \($0.address) . \($0.port)" } }
        return [("idle4", four), ("idle6", six)].flatMap { map, list in
            ["flush map inet \(table) \(map)"]
                + (list.isEmpty ? [] : ["add element inet \(table) \(map) { \(list.joined(separator: ", ")) }"])
        }
    }
}
