// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Testing

@testable import Installer

@Suite struct NFTablesTextTests {
    private func text(_ product: String = "pagi-two", index: Int = 2) throws -> NFTablesText {
        NFTablesText(
            product: try #require(ReleaseName(product)), addresses: try #require(SlotAddresses(index: index)))
    }

    @Test func theNumbersOfAProductAreItsOwn() throws {
        let addresses = try #require(SlotAddresses(index: 2))
        #expect(addresses.v4(.blue) == "169.254.77.9")
        #expect(addresses.v4(.green) == "169.254.77.10")
        #expect(addresses.v4(nil) == "169.254.77.11")
        #expect(addresses.v6(.green) == "fd77::a")
        #expect(addresses.endpoint(.blue, port: 443).description == "169.254.77.9:20443")
        #expect(addresses.endpoint6(.blue, port: 8080).description == "[fd77::9]:8080")
        #expect(SlotAddresses(index: 62)?.v4(nil) == "169.254.77.251")
        #expect(SlotAddresses(index: 63) == nil)
        #expect(SlotAddresses(index: 0)?.network6 == "fd77::/126")
    }

    @Test func theRulesAreWrittenOnce() throws {
        #expect(try text().ensure() == TrafficGoldens.ensure)
    }

    /// No lookup that another processor may be changing stands between a client and its port.
    @Test func aFlipIsOneTransactionOfRulesWithTheirPlace() throws {
        let blue = try #require(SlotAddresses(index: 2))
        let table = TrafficTable([
            .init(
                port: 8443, exposure: .public, v4: blue.endpoint(.blue, port: 8443),
                v6: blue.endpoint6(.blue, port: 8443)),
            .init(port: 443, exposure: .public, v4: blue.endpoint(.blue, port: 443)),
            .init(port: 6333, exposure: .host, v4: blue.endpoint(nil, port: 6333)),
            .init(
                port: 9100, exposure: .network("admin"), v4: blue.endpoint(.blue, port: 9100),
                sources: [try #require(AddressRange("10.9.0.0/24")), try #require(AddressRange("fd00::/8"))]),
            .init(port: 7000, exposure: .slot, v4: blue.endpoint(.blue, port: 7000)),
        ])
        #expect(
            try text().flip(to: table) == """
                flush chain inet bundle_pagi_two host_ports
                add rule inet bundle_pagi_two host_ports meta nfproto ipv4 tcp dport 6333 dnat ip to 169.254.77.11:6333
                add rule inet bundle_pagi_two host_ports meta nfproto ipv4 tcp dport 9100 dnat ip to 169.254.77.9:9100
                flush chain inet bundle_pagi_two neighbours
                add rule inet bundle_pagi_two neighbours ip saddr 10.9.0.0/24 tcp dport 9100 jump host_ports
                add rule inet bundle_pagi_two neighbours ip6 saddr fd00::/8 tcp dport 9100 jump host_ports
                flush chain inet bundle_pagi_two public_ports
                add rule inet bundle_pagi_two public_ports meta nfproto ipv4 tcp dport 443 dnat ip to 169.254.77.9:20443
                add rule inet bundle_pagi_two public_ports meta nfproto ipv4 tcp dport 8443 dnat ip to 169.254.77.9:8443
                add rule inet bundle_pagi_two public_ports meta nfproto ipv6 tcp dport 8443 dnat ip6 to [fd77::9]:8443
                flush set inet bundle_pagi_two preview4
                flush set inet bundle_pagi_two preview6
                flush set inet bundle_pagi_two canary
                flush map inet bundle_pagi_two idle4
                flush map inet bundle_pagi_two idle6
                flush chain inet bundle_pagi_two share

                """)
    }

    @Test func aHoldEndsByItself() throws {
        let held = HeldPorts(
            ports: [6333],
            endpoints: [Endpoint(address: "169.254.77.11", port: 6333), Endpoint(address: "fd77::b", port: 6333)])
        #expect(
            try text().hold(held, for: TimeSpan(milliseconds: 19_500)) == """
                add element inet bundle_pagi_two held { 6333 timeout 20s }
                delete element inet bundle_pagi_two held { 6333 }
                add element inet bundle_pagi_two held { 6333 timeout 20s }
                add element inet bundle_pagi_two held4 { 169.254.77.11 . 6333 timeout 20s }
                delete element inet bundle_pagi_two held4 { 169.254.77.11 . 6333 }
                add element inet bundle_pagi_two held4 { 169.254.77.11 . 6333 timeout 20s }
                add element inet bundle_pagi_two held6 { fd77::b . 6333 timeout 20s }
                delete element inet bundle_pagi_two held6 { fd77::b . 6333 }
                add element inet bundle_pagi_two held6 { fd77::b . 6333 timeout 20s }

                """)
        #expect(try text().release(HeldPorts(ports: [], endpoints: [])) == "")
    }

    @Test func whatTheKernelListsIsReadBack() throws {
        func port(_ number: Int) -> String { match("tcp", "dport", "\(number)") }
        func from(_ range: String) -> String { match("ip", "saddr", range) }
        func match(_ header: String, _ field: String, _ value: String) -> String {
            #"{"match": {"op": "==", "left": {"payload": {"protocol": "\#(header)", "field": "\#(field)"}}, "right": \#(value)}}"#
        }
        let on = #"{"jump": {"target": "host_ports"}}"#
        let json = """
            {"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"name": "bundle_x"}},
            {"rule": {"chain": "public_ports", "expr": [\(port(443)), {"dnat": {"family": "ip", "addr": "169.254.77.1", "port": 20443}}]}},
            {"rule": {"chain": "public_ports", "expr": [\(port(443)), {"dnat": {"family": "ip6", "addr": "fd77::1", "port": 20443}}]}},
            {"rule": {"chain": "public_ports", "expr": [\(port(80)), {"drop": null}]}},
            {"rule": {"chain": "host_ports", "expr": [\(port(9100)), {"dnat": {"family": "ip", "addr": "169.254.77.1", "port": 9100}}]}},
            {"rule": {"chain": "neighbours", "expr": [\(from(#"{"prefix": {"addr": "10.9.0.0", "len": 24}}"#)), \(port(9100)), \(on)]}},
            {"rule": {"chain": "neighbours", "expr": [\(from(#""10.8.0.1""#)), \(port(9100)), \(on)]}},
            {"map": {"name": "foreign", "elem": [[443, 444]]}},
            {"set": {"name": "held", "elem": [{"elem": {"val": 6333, "timeout": 20, "expires": 19}}]}},
            {"set": {"name": "held4", "elem": [{"elem": {"val": {"concat": ["169.254.77.3", 6333]}, "timeout": 2}}]}}]}
            """
        let state = try NFTablesListing(json: Array(json.utf8)).state
        let four = Endpoint(address: "169.254.77.1", port: 20443)
        let six = Endpoint(address: "fd77::1", port: 20443)
        #expect(state.everybody == [443: [four, six]])
        let near = [AddressRange("10.9.0.7/24"), AddressRange("10.8.0.1/32")].compactMap { $0 }
        #expect(state.neighbours == [9100: Set(near)])
        #expect(state.heldPorts == [6333])
        #expect(state.heldEndpoints == [Endpoint(address: "169.254.77.3", port: 6333)])
        #expect(!state.isWhole)
        #expect(state.strangers == ["map foreign"])
        #expect(
            state.portsThatDiffer(from: TrafficTable([.init(port: 443, exposure: .public, v4: four)])) == [443, 9100])
        let inner = Endpoint(address: "169.254.77.1", port: 9100)
        let entries = [
            TrafficTable.Entry(port: 443, exposure: .public, v4: four, v6: six),
            .init(port: 9100, exposure: .network("admin"), v4: inner, sources: near),
        ]
        let same = TrafficTable(entries)
        let narrower = TrafficTable([entries[0], .init(port: 9100, exposure: .host, v4: inner)])
        #expect(state.portsThatDiffer(from: narrower) == [9100])
        #expect(state.portsThatDiffer(from: same) == [])
        #expect(!state.does(same))
    }

    @Test(arguments: ["", "{", "[]", #"{"nftables": [{"map": {"name": "public4", "elem": [[443]]}}]}"#])
    func nonsenseIsNotReadAsAnEmptyTable(json: String) {
        #expect(throws: TrafficError.self) { try NFTablesListing(json: Array(json.utf8)) }
    }
}
