// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// The nftables transactions of one product, as text for `nft -f -`. What loses connections was measured (research,
/// cutover §3.1): a table that is re-created and an anonymous map do; elements of a named map that change in one
/// transaction do not. So rules are written once, and a flip only touches elements.
package struct NFTablesText: Equatable, Sendable {
    /// SO_MARK of our own health probes: they pass a hold. ASCII "bund".
    package static let probeMark: UInt32 = 0x6275_6e64

    /// Named after the rules below; a table that carries another was written by another version of `bundle`.
    static let layout = "layout_3"
    /// Rules in each chain, to see that nobody has taken one away.
    static let ruleCounts = [
        "guard": 2, "gate": 5, "gate_in": 1, "gate_out": 1, "aside": 3, "everybody": 3, "machine": 2, "neighbours": 2,
        "route_in": 4,
        "route_out": 4,
    ]

    package let table: String
    private let addresses: SlotAddresses

    package init(product: ReleaseName, addresses: SlotAddresses) {
        table = "bundle_" + product.text.split(separator: "-", omittingEmptySubsequences: false).joined(separator: "_")
        self.addresses = addresses
    }

    /// The same rules in a table of their own. No product's table has this name: theirs begin with `bundle_`.
    var rehearsal: NFTablesText { NFTablesText(table: "rehearsal_" + table.dropFirst(7), addresses: addresses) }

    private init(table: String, addresses: SlotAddresses) {
        self.table = table
        self.addresses = addresses
    }

    /// Creates what is missing and writes every rule, in one transaction. Elements stay as they are.
    package var ensure: String {
        var lines = ["add table inet \(table)"]
        let maps = [
            "public4": "ipv4_addr", "public6": "ipv6_addr", "host4": "ipv4_addr", "host6": "ipv6_addr",
            "idle4": "ipv4_addr", "idle6": "ipv6_addr",
        ]
        for (name, type) in maps.sorted(by: { $0.key < $1.key }) {
            lines.append("add map inet \(table) \(name) { type inet_service : \(type) . inet_service; }")
        }
        lines.append("add set inet \(table) held { type inet_service; flags timeout; }")
        lines.append("add set inet \(table) held4 { type ipv4_addr . inet_service; flags timeout; }")
        lines.append("add set inet \(table) held6 { type ipv6_addr . inet_service; flags timeout; }")
        for (name, type) in [("near4", "ipv4_addr"), ("near6", "ipv6_addr")] {
            lines.append("add set inet \(table) \(name) { type \(type) . inet_service; flags interval; }")
        }
        lines.append("add set inet \(table) preview4 { type ipv4_addr; flags interval; auto-merge; }")
        lines.append("add set inet \(table) preview6 { type ipv6_addr; flags interval; auto-merge; }")
        lines.append("add set inet \(table) canary { type inet_service; flags timeout; }")
        lines.append("add chain inet \(table) \(NFTablesText.layout)")
        let chains = self.chains
        for chain in chains { lines.append("add chain inet \(table) \(chain.name)\(chain.hook)") }
        for chain in chains { lines.append("flush chain inet \(table) \(chain.name)") }
        for chain in chains { lines += chain.rules.map { "add rule inet \(table) \(chain.name) \($0)" } }
        return lines.joined(separator: "\n") + "\n"
    }

    /// Chains that are jumped to come first: nft wants to know them.
    private var chains: [(name: String, hook: String, rules: [String])] {
        [guardChain] + gateChains + asideChains + routeChains
    }

    /// A neighbour with a hand-made route must not reach a slot past its stable port. Before conntrack, so that packets
    /// that will be rewritten still carry the address they were sent to.
    private var guardChain: (name: String, hook: String, rules: [String]) {
        (
            "guard", hook("filter", "prerouting", -310),
            [
                "iifname != \"lo\" ip daddr \(addresses.network4) drop",
                "iifname != \"lo\" ip6 daddr \(addresses.network6) drop",
            ]
        )
    }

    /// A dropped SYN is sent again by its sender's kernel: to the client, a slow answer. Only SYN; open connections go
    /// on. Our own probes pass, or nobody could tell when the hold may end.
    private var gateChains: [(name: String, hook: String, rules: [String])] {
        let mark = "0x" + String(NFTablesText.probeMark, radix: 16)
        let opening = "meta mark != \(mark) tcp flags syn / fin,syn,rst,ack jump gate"
        return [
            (
                "gate", "",
                [
                    "ip daddr . tcp dport @held4 drop", "ip6 daddr . tcp dport @held6 drop",
                    "ip daddr \(SlotAddresses.allNetworks4) return", "ip6 daddr \(SlotAddresses.allNetworks6) return",
                    "fib daddr type local tcp dport @held drop",
                ]
            ),
            ("gate_in", hook("filter", "prerouting", -300), [opening]),
            ("gate_out", hook("filter", "output", -300), [opening]),
        ]
    }

    /// Slot addresses are never rewritten: a check of the idle slot must not land on the active one. The priority is
    /// before firewalld's and Docker's own NAT.
    private var routeChains: [(name: String, hook: String, rules: [String])] {
        let ownAddresses = [
            "ip daddr \(SlotAddresses.allNetworks4) return", "ip6 daddr \(SlotAddresses.allNetworks6) return",
        ]
        return [
            ("everybody", "", ["jump aside"] + rewrites("public")), ("machine", "", rewrites("host")),
            // A port of a network: the same map as for this machine, but only for whom the site named.
            (
                "neighbours", "",
                [
                    "ip saddr . tcp dport @near4 dnat ip to tcp dport map @host4",
                    "ip6 saddr . tcp dport @near6 dnat ip6 to tcp dport map @host6",
                ]
            ),
            (
                "route_in", hook("nat", "prerouting", -110),
                ownAddresses + ["fib daddr type local jump everybody", "fib daddr type local jump neighbours"]
            ),
            (
                "route_out", hook("nat", "output", -110),
                ownAddresses + ["fib daddr type local jump everybody", "fib daddr type local jump machine"]
            ),
        ]
    }

    private func rewrites(_ map: String) -> [String] {
        [
            "meta nfproto ipv4 dnat ip to tcp dport map @\(map)4",
            "meta nfproto ipv6 dnat ip6 to tcp dport map @\(map)6",
        ]
    }

    private func hook(_ type: String, _ hook: String, _ priority: Int) -> String {
        " { type \(type) hook \(hook) priority \(priority); policy accept; }"
    }
}
