// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// The nftables transactions of one product, as text for `nft -f -`. What loses connections was measured (research,
/// cutover §3.1): a table that is re-created and an anonymous map do, and before Linux 6.17 a named map may. Rules that a
/// flip writes anew, each with its place in it, do not: a packet goes through one generation of them (decision 0044).
package struct NFTablesText: Equatable, Sendable {
    /// SO_MARK of our own health probes: they pass a hold. ASCII "bund".
    package static let probeMark: UInt32 = 0x6275_6e64

    /// Named after the rules below; a table that carries another was written by another version of `bundle`.
    static let layout = "layout_4"
    /// Rules in each chain that a flip leaves alone, to see that nobody has taken one away.
    static let ruleCounts = [
        "guard": 2, "gate": 5, "gate_in": 1, "gate_out": 1, "aside": 3, "route_in": 6, "route_out": 6,
    ]
    /// A rule for each public port, for each that is this machine's, and for each network that reaches one of the latter.
    static let publicPorts = "public_ports"
    static let hostPorts = "host_ports"
    static let neighbours = "neighbours"
    /// What a flip writes.
    static let portChains = [hostPorts, neighbours, publicPorts]

    /// Everything that a table of ours has, by kind and name.
    static let places: Set<String> = [
        "map idle4", "map idle6", "set held", "set held4", "set held6", "set preview4", "set preview6", "set canary",
        "chain \(layout)", "chain \(shareChain)", "chain \(hostPorts)", "chain \(neighbours)", "chain \(publicPorts)",
        "chain guard", "chain gate", "chain gate_in", "chain gate_out", "chain aside", "chain route_in",
        "chain route_out",
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

    /// Creates what is missing and writes every rule, in one transaction: ports go on leading where they led in `state`, and
    /// what is not ours goes.
    package func ensure(keeping state: TrafficState = TrafficState()) -> String {
        var lines = ["add table inet \(table)"]
        for (name, type) in [("idle4", "ipv4_addr"), ("idle6", "ipv6_addr")] {
            lines.append("add map inet \(table) \(name) { type inet_service : \(type) . inet_service; }")
        }
        lines.append("add set inet \(table) held { type inet_service; flags timeout; }")
        lines.append("add set inet \(table) held4 { type ipv4_addr . inet_service; flags timeout; }")
        lines.append("add set inet \(table) held6 { type ipv6_addr . inet_service; flags timeout; }")
        lines.append("add set inet \(table) preview4 { type ipv4_addr; flags interval; auto-merge; }")
        lines.append("add set inet \(table) preview6 { type ipv6_addr; flags interval; auto-merge; }")
        lines.append("add set inet \(table) canary { type inet_service; flags timeout; }")
        for chain in [NFTablesText.layout] + NFTablesText.portChains {
            lines.append("add chain inet \(table) \(chain)")
        }
        let chains = self.chains
        for chain in chains { lines.append("add chain inet \(table) \(chain.name)\(chain.hook)") }
        for chain in chains { lines.append("flush chain inet \(table) \(chain.name)") }
        for chain in chains { lines += chain.rules.map { "add rule inet \(table) \(chain.name) \($0)" } }
        lines += ports(TrafficTable(state))
        // A chain that another jumps to cannot go, nor a map that a rule reads: so rules go first, then chains.
        lines += state.strangers.filter { $0.hasPrefix("chain ") }.map { "flush \(place($0))" }
        lines += state.strangers.sorted().map { "delete \(place($0))" }
        return lines.joined(separator: "\n") + "\n"
    }

    /// `chain x` → `chain inet bundle_pagi x`
    private func place(_ stranger: String) -> String {
        stranger.split(separator: " ", maxSplits: 1).joined(separator: " inet \(table) ")
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
        let others = [
            "ip daddr \(SlotAddresses.allNetworks4) return", "ip6 daddr \(SlotAddresses.allNetworks6) return",
            "fib daddr type != local return",
        ]
        let everybody = ["jump aside", "jump \(NFTablesText.publicPorts)"]
        return [
            (
                "route_in", hook("nat", "prerouting", -110),
                others + everybody + ["jump \(NFTablesText.neighbours)"]
            ),
            (
                "route_out", hook("nat", "output", -110),
                others + everybody + ["jump \(NFTablesText.hostPorts)"]
            ),
        ]
    }

    private func hook(_ type: String, _ hook: String, _ priority: Int) -> String {
        " { type \(type) hook \(hook) priority \(priority); policy accept; }"
    }
}
