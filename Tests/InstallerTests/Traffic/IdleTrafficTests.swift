// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Testing

@testable import Installer

@Suite struct IdleTrafficTests {
    private let text: NFTablesText
    private let idle: TrafficTable

    init() throws {
        let addresses = try #require(SlotAddresses(index: 0))
        text = NFTablesText(product: try #require(ReleaseName("pagi")), addresses: addresses)
        idle = TrafficTable([
            .init(
                port: 443, exposure: .public, v4: addresses.endpoint(.green, port: 443),
                v6: addresses.endpoint6(.green, port: 443)),
            .init(port: 8080, exposure: .public, v4: addresses.endpoint(.green, port: 8080)),
            .init(port: 7000, exposure: .host, v4: addresses.endpoint(.green, port: 7000)),
        ])
    }

    private let places = """
        flush map inet bundle_pagi idle4
        add element inet bundle_pagi idle4 { 443 : 169.254.77.2 . 20443, 8080 : 169.254.77.2 . 8080 }
        flush map inet bundle_pagi idle6
        add element inet bundle_pagi idle6 { 443 : fd77::2 . 20443 }

        """

    @Test func aPreviewIsOfNamedClientsAndPublicPortsAlone() throws {
        let networks = ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"].compactMap { ClientNetwork($0) }
        #expect(
            text.preview(idle, from: networks) == places + """
                flush set inet bundle_pagi preview4
                add element inet bundle_pagi preview4 { 10.0.0.0/8, 192.0.2.7/32 }
                flush set inet bundle_pagi preview6
                add element inet bundle_pagi preview6 { 2001:db8::/32 }

                """)
        #expect(
            text.preview(idle, from: []) == """
                flush set inet bundle_pagi preview4
                flush set inet bundle_pagi preview6

                """)
    }

    @Test func aCanaryEndsByItself() {
        #expect(
            text.canary(idle, share: 10, for: .seconds(20)) == places + """
                flush set inet bundle_pagi canary
                add element inet bundle_pagi canary { 443 timeout 20s, 8080 timeout 20s }
                flush chain inet bundle_pagi share
                add rule inet bundle_pagi share meta nfproto ipv4 numgen random mod 100 < 10 dnat ip to tcp dport map @idle4
                add rule inet bundle_pagi share meta nfproto ipv6 numgen random mod 100 < 10 dnat ip6 to tcp dport map @idle6

                """)
    }

    @Test(arguments: [
        "10.0.0.0/33", "10.0.0/8", "10.0.0.0/8/8", "", "/8", "fd00::/129", "host", "10.0.0.1/-1", "1.2.3.4/x",
    ])
    func whatIsNoNetworkIsNone(text: String) { #expect(ClientNetwork(text) == nil) }

    /// The kernel's own words about what we asked of it; a flip ends all of it.
    @Test(.enabled(if: NamespacePair.isPossible)) func theKernelDoesItAndAFlipEndsIt() async throws {
        let pair = try await NamespacePair("i")
        let addresses = try #require(SlotAddresses(index: 0))
        let traffic = NFTablesSwitch(
            product: try #require(ReleaseName("pagi")), addresses: addresses, runner: Namespaced(space: pair.host))
        do {
            _ = try await traffic.ensure()
            let networks = ["10.0.0.0/8", "10.9.0.0/16", "192.0.2.7", "2001:db8::/32", "10.0.0.1/8"]
                .compactMap { ClientNetwork($0) }
            try await traffic.preview(idle, from: networks)
            try await traffic.canary(idle, share: 10, for: .seconds(20))
            let state = try #require(try await traffic.current())
            #expect(state.isWhole)
            #expect(state.idle.networks == ["10.0.0.0/8", "192.0.2.7", "2001:db8::/32"])
            #expect(state.idle.canary == 10)
            #expect(state.idle.canaryPorts == [443, 8080])
            #expect(state.idle.places[443]?.count == 2)
            #expect(state.everybody.isEmpty)
            try await traffic.canary(idle, share: 25, for: .seconds(20))
            #expect(try await traffic.current()?.idle.canary == 25)
            try await traffic.endCanary()
            #expect(try await traffic.current()?.idle.canary == nil)
            #expect(try await traffic.current()?.idle.leadsSomebody == true)
            try await traffic.canary(idle, share: 25, for: .seconds(20))
            try await traffic.flip(to: idle)
            let flipped = try #require(try await traffic.current())
            #expect(flipped.idle == IdleTraffic())
            #expect(flipped.does(idle))
        } catch {
            Issue.record(error)
        }
        try await pair.takeDown()
    }
}
