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
        #expect(try text().ensure == TrafficGoldens.ensure)
    }

    @Test func aFlipIsOneTransactionOverElementsAlone() throws {
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
        let flip = try text().flip(to: table)
        #expect(
            flip == """
                flush map inet bundle_pagi_two host4
                add element inet bundle_pagi_two host4 { 6333 : 169.254.77.11 . 6333, 9100 : 169.254.77.9 . 9100 }
                flush map inet bundle_pagi_two host6
                flush set inet bundle_pagi_two near4
                add element inet bundle_pagi_two near4 { 10.9.0.0/24 . 9100 }
                flush set inet bundle_pagi_two near6
                add element inet bundle_pagi_two near6 { fd00::/8 . 9100 }
                flush map inet bundle_pagi_two public4
                add element inet bundle_pagi_two public4 { 443 : 169.254.77.9 . 20443, 8443 : 169.254.77.9 . 8443 }
                flush map inet bundle_pagi_two public6
                add element inet bundle_pagi_two public6 { 8443 : fd77::9 . 8443 }
                flush set inet bundle_pagi_two preview4
                flush set inet bundle_pagi_two preview6
                flush set inet bundle_pagi_two canary
                flush map inet bundle_pagi_two idle4
                flush map inet bundle_pagi_two idle6
                flush chain inet bundle_pagi_two share

                """)
        for line in flip.split(separator: "\n") {
            // The one chain that is flushed is empty but in a canary, and nobody's only way.
            let isRule = line.hasSuffix(" share") && line.hasPrefix("flush chain")
            #expect(isRule || line.hasPrefix("flush") || line.hasPrefix("add element"))
        }
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
        let json = """
            {"nftables": [{"metainfo": {"version": "1.0.6"}}, {"table": {"name": "bundle_x"}},
            {"map": {"name": "public4", "elem": [[443, {"concat": ["169.254.77.1", 20443]}]]}},
            {"map": {"name": "public6", "elem": [[443, {"concat": ["fd77::1", 20443]}]]}},
            {"map": {"name": "host4", "elem": [[9100, {"concat": ["169.254.77.1", 9100]}]]}},
            {"set": {"name": "near4", "elem": [{"concat": [{"prefix": {"addr": "10.9.0.0", "len": 24}}, 9100]},
            {"concat": ["10.8.0.1", 9100]}]}},
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
