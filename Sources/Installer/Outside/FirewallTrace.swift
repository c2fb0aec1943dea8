// SPDX-License-Identifier: Apache-2.0

/// Reads what `nft monitor trace` prints: the way of one packet through every chain, to the verdict. Each line is `trace id ID
/// FAMILY TABLE CHAIN` and `packet: …` (at a base chain), `rule … (verdict …)` or `policy …`.
package struct FirewallTrace: Equatable, Sendable {
    struct Event: Equatable {
        var packet: Substring
        var family: String
        var table: String
        var chain: String
        var rest: Substring

        init?(_ line: Substring) {
            let words = line.split(separator: " ", maxSplits: 6)
            guard words.count == 7, words[0] == "trace", words[1] == "id" else { return nil }
            packet = words[2]
            family = String(words[3])
            table = String(words[4])
            chain = String(words[5])
            rest = words[6]
        }

        var drops: Bool { rest.hasPrefix("policy drop") || rest.contains("(verdict drop)") }
        var isAtBase: Bool { rest.hasPrefix("packet:") }
        /// Where the packet goes, as it is here: address and port. A rewriting shows as a change of it.
        var target: [Substring] {
            let words = rest.split(separator: " ")
            return zip(zip(words, words.dropFirst()), words.dropFirst(2)).compactMap { names, value in
                switch names {
                case ("ip", "daddr"), ("ip6", "daddr"), ("tcp", "dport"): value
                default: nil
                }
            }
        }
    }

    let events: [Event]

    package init(_ text: String) { events = text.split(separator: "\n").compactMap { Event($0) } }

    /// The first packet that was dropped, and by whom. Drops of our own tables are none of a firewall's.
    package var block: FirewallBlock? {
        for drop in events where drop.drops && !drop.table.hasPrefix("bundle") {
            let way = events.filter { $0.packet == drop.packet }
            let here = way.filter { $0.family == drop.family && $0.table == drop.table }
            guard let base = here.last(where: \.isAtBase) else { continue }
            let first = way.first(where: \.isAtBase)?.target
            return FirewallBlock(
                firewall: FirewallTrace.firewall(base, chains: here.map(\.chain)),
                place: "\(drop.family) \(drop.table) \(drop.chain)", rewritten: base.target != first)
        }
        return nil
    }

    private static func firewall(_ base: Event, chains: [String]) -> Firewall {
        // With the iptables backend firewalld has no table of its own.
        if base.table == "firewalld" || chains.contains(where: { $0.hasPrefix("INPUT_ZONES") }) {
            return .firewalld(zone: nil)
        }
        if chains.contains(where: { $0.hasPrefix("ufw-") || $0.hasPrefix("ufw6-") }) { return .ufw }
        // nft(8) must not touch tables of iptables-nft.
        if base.table == "filter", base.chain == "INPUT", base.family != "inet" { return .iptables }
        return .nftables(family: base.family, table: base.table, chain: base.chain)
    }
}
