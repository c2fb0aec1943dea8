// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

@testable import Installer

@Suite struct FirewallTests {
    private let web = OutsidePort(number: 443, v4: Endpoint(address: "169.254.77.0", port: 20443), v6: nil)
    private let api = OutsidePort(number: 80, v4: Endpoint(address: "169.254.77.0", port: 20080), v6: nil)

    /// Each line was run on a host with that firewall, where it made an installation succeed (Tests/HostTests/cases/outside-*).
    @Test(arguments: [
        (
            TraceSamples.firewalldStrict, "inet firewalld filter_INPUT_dnat",
            "firewall-cmd --permanent --add-forward-port=port=443:proto=tcp:toport=20443 && firewall-cmd --reload"
        ),
        (TraceSamples.ufw, "ip filter INPUT", "ufw allow 20443/tcp"),
        (
            TraceSamples.written, "inet filter svc",
            "nft 'insert rule inet filter input meta l4proto tcp ct original proto-dst 443 ct status dnat accept'"
        ),
        (
            TraceSamples.iptables, "ip filter INPUT",
            "iptables -I INPUT -p tcp -m conntrack --ctstate DNAT --ctorigdstport 443 -j ACCEPT && "
                + "ip6tables -I INPUT -p tcp -m conntrack --ctstate DNAT --ctorigdstport 443 -j ACCEPT"
        ),
        (TraceSamples.early, "netdev2 early door", "nft 'insert rule netdev2 early door tcp dport 443 accept'"),
    ])
    func findsTheRuleAndTheLine(trace: String, place: String, line: String) throws {
        let block = try #require(FirewallTrace(trace).block)
        #expect(block.place == place)
        #expect(block.opening([web]) == line)
    }

    @Test func blamesNobodyForWhatArrivesOrIsHeldByUs() {
        #expect(FirewallTrace(TraceSamples.harmless).block == nil)
        #expect(FirewallTrace("").block == nil)
        #expect(FirewallTrace("trace id 1 inet filter input policy drop\nnot a trace").block == nil)
    }

    @Test func opensSeveralPortsAtOnce() {
        let written = Firewall.nftables(family: "inet", table: "filter", chain: "input")
        #expect(
            written.opening([web, api], rewritten: false)
                == "nft 'insert rule inet filter input tcp dport { 80, 443 } accept'")
        #expect(Firewall.ufw.opening([web, api], rewritten: true) == "ufw allow 20080,20443/tcp")
        #expect(Firewall.ufw.opening([web, api], rewritten: false) == "ufw allow 80,443/tcp")
        #expect(
            Firewall.firewalld(zone: "dmz").opening([web, api], rewritten: false)
                == "firewall-cmd --permanent --zone=dmz --add-port=80/tcp --add-port=443/tcp && firewall-cmd --reload")
    }

    @Test(arguments: [
        ("iifname \"eth0\" tcp dport 443 accept", true),
        ("ip saddr 10.0.0.0/8 tcp dport 443 accept", true),
        ("iifname vmap { \"eth0\" : jump lan, \"eth1\" : drop }", true),
        ("jump lan", true),
        ("iif \"lo\" accept", false),
        ("tcp dport { 22, 80 } accept", false),
        ("iifname \"eth0\" ip saddr 10.0.0.0/8 drop", false),
        ("ip6 saddr fe80::/10 icmpv6 type mld-listener-query accept", false),
    ])
    func knowsRulesThatTreatSendersDifferently(rule: String, depends: Bool) {
        let listing = """
            table inet filter {
            \tchain lan {
            \t\tip saddr 192.0.2.0/24 accept
            \t}
            \tchain never {
            \t\tiifname "eth9" accept
            \t}
            \tchain input {
            \t\ttype filter hook input priority filter; policy drop;
            \t\tct state established,related accept
            \t\t\(rule)
            \t}
            }
            """
        #expect(FirewallRules.dependOnSender(listing, from: "input") == depends)
    }

    @Test func findsAnInterfacesZone() {
        let zones = "dmz\n  interfaces: eth1 eth2\npublic (default)\n  interfaces: eth0\n  sources: 10.0.0.0/8\n"
        #expect(FirewallRules.zone(of: "eth2", in: zones) == "dmz")
        #expect(FirewallRules.zone(of: "eth0", in: zones) == "public")
        #expect(FirewallRules.zone(of: "eth", in: zones) == nil)
        #expect(FirewallRules.zone(of: "eth0", in: "public (default)\n") == nil)
    }

    /// Docker's by iptables-nft, netavark's, and ours.
    @Test func findsPortsThatOthersRewrite() {
        let ruleset = """
            table ip nat {
            \tchain DOCKER {
            \t\tiifname "docker0" counter return
            \t\tiifname != "docker0" tcp dport 8081 counter dnat to 172.17.0.2:80
            \t}
            }
            table inet netavark {
            \tchain nv_2f259bab_10_88_0_0_nm16_dnat {
            \t\tip saddr 10.88.0.0/16 tcp dport { 443, 80 } jump NETAVARK-HOSTPORT-SETMARK
            \t\ttcp dport 80 dnat ip to 10.88.0.2:80
            \t\tudp dport 53 dnat ip to 10.88.0.3:53
            \t}
            }
            table inet firewalld {
            \tchain nat_PRE_public_allow {
            \t\tmeta nfproto ipv4 tcp dport 443 redirect to :20443
            \t}
            }
            table inet bundle_pond {
            \tchain way {
            \t\ttcp dport 443 dnat ip to 169.254.77.1:20443
            \t}
            }
            """
        let found = FirewallRules.rewrites([53, 80, 443, 8081], in: ruleset)
        #expect(found.keys.sorted() == [80, 8081])
        #expect(found[80] == "inet netavark: tcp dport 80 dnat ip to 10.88.0.2:80")
        #expect(found[8081]?.hasPrefix("ip nat: iifname") == true)
    }
}
