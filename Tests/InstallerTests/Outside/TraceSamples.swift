// SPDX-License-Identifier: Apache-2.0

/// What `nft monitor trace` (1.1.3, trixie) printed on hosts with real firewalls, shortened where chains are only passed.
enum TraceSamples {
    private static let syn =
        "ip dscp cs0 ip ecn not-ect ip ttl 64 ip id 61135 ip protocol tcp ip length 60 tcp sport 60802"
    private static let ether = "iif \"bundletest\" ether saddr be:c3:72:5e:09:a1 ether daddr 16:08:6a:51:29:27"

    private static func way(_ id: String) -> String {
        """
        trace id \(id) inet bundleoutside_x seen packet: \(ether) ip saddr 169.254.78.2 ip daddr 192.0.2.1 \(syn) tcp dport 443 tcp flags == syn tcp window 64240
        trace id \(id) inet bundleoutside_x seen rule iifname "bundletest" meta l4proto tcp meta nftrace set 1 (verdict continue)
        trace id \(id) inet bundleoutside_x seen policy accept
        trace id \(id) inet bundleoutside_x way packet: \(ether) ip saddr 169.254.78.2 ip daddr 192.0.2.1 \(syn) tcp dport 443 tcp flags == syn tcp window 64240
        trace id \(id) inet bundleoutside_x way rule iifname "bundletest" meta nfproto ipv4 tcp dport 443 dnat ip to 169.254.77.0:20443 (verdict accept)

        """
    }

    private static let behind =
        "\(ether) ip saddr 169.254.78.2 ip daddr 169.254.77.0 \(syn) tcp dport 20443 tcp flags == syn tcp window 64240"

    static let firewalldStrict =
        way("55f47e0e") + """
            trace id 55f47e0e inet firewalld filter_PREROUTING packet: \(behind)
            trace id 55f47e0e inet firewalld filter_PREROUTING policy accept
            trace id 55f47e0e inet firewalld filter_INPUT packet: \(behind)
            trace id 55f47e0e inet firewalld filter_INPUT rule ct status dnat jump filter_INPUT_dnat (verdict jump filter_INPUT_dnat)
            trace id 55f47e0e inet firewalld filter_INPUT_dnat rule reject with icmpx admin-prohibited (verdict drop)
            """

    static let ufw =
        way("7433ad39") + """
            trace id 7433ad39 ip filter INPUT packet: \(behind)
            trace id 7433ad39 ip filter INPUT rule counter packets 0 bytes 0 jump ufw-before-input (verdict jump ufw-before-input)
            trace id 7433ad39 ip filter ufw-before-input rule counter packets 0 bytes 0 jump ufw-not-local (verdict jump ufw-not-local)
            trace id 7433ad39 ip filter ufw-not-local rule fib daddr type local counter packets 0 bytes 0 return (verdict return)
            trace id 7433ad39 ip filter INPUT rule counter packets 0 bytes 0 jump ufw-track-input (verdict jump ufw-track-input)
            trace id 7433ad39 ip filter INPUT policy drop
            """

    /// A reject in a chain that the base chain jumps to.
    static let written =
        way("3cf2e41e") + """
            trace id 3cf2e41e inet filter input packet: \(behind)
            trace id 3cf2e41e inet filter input rule jump svc (verdict jump svc)
            trace id 3cf2e41e inet filter svc rule tcp dport 1-30000 reject with tcp reset (verdict drop)
            """

    static let iptables =
        way("5083c8e8") + """
            trace id 5083c8e8 ip filter INPUT packet: \(behind)
            trace id 5083c8e8 ip filter INPUT policy drop
            """

    /// Dropped before anything rewrites it.
    static let early = """
        trace id 1b02de59 inet bundleoutside_x seen packet: \(ether) ip saddr 169.254.78.2 ip daddr 192.0.2.1 \(syn) tcp dport 443 tcp flags == syn tcp window 64240
        trace id 1b02de59 inet bundleoutside_x seen policy accept
        trace id 1b02de59 netdev2 early door packet: \(ether) ip saddr 169.254.78.2 ip daddr 192.0.2.1 \(syn) tcp dport 443 tcp flags == syn tcp window 64240
        trace id 1b02de59 netdev2 early door rule tcp dport != 22 drop (verdict drop)
        """

    /// A hold of ours, and a packet that arrives.
    static let harmless =
        way("93a89cec") + """
            trace id 93a89cec inet filter input packet: \(behind)
            trace id 93a89cec inet filter input policy accept
            trace id addd16ac inet bundle_pond gate rule fib daddr type local tcp dport @held drop (verdict drop)
            """
}
