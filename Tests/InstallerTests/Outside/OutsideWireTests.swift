// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Testing

@testable import Installer

@Suite struct OutsideWireTests {
    @Test func buildsCommands() throws {
        let wire = try #require(OutsideWire.choose(token: 0x0a1b_2c02, routes: ["default", "10.0.0.0/8", "127.0.0.1"]))
        #expect(wire.interface == "bundle0a1b2c02")
        #expect(wire.interface.utf8.count < 16)
        let lay = wire.lay(into: "/proc/7/fd/9")
        #expect(lay.map(\.argv) == [["ip", "-batch", "-"], ["nsenter", "--net=/proc/7/fd/9", "ip", "-batch", "-"]])
        #expect(
            lay.map { String(decoding: $0.input, as: UTF8.self) } == [
                """
                link add bundle0a1b2c02 type veth peer name out netns /proc/7/fd/9
                address add 169.254.78.9/30 dev bundle0a1b2c02
                link set bundle0a1b2c02 up

                """,
                """
                address add 169.254.78.10/30 dev out
                link set out up
                route add default via 169.254.78.9 dev out

                """,
            ])
        #expect(
            wire.lay6(into: "/proc/7/fd/9").map { String(decoding: $0.input, as: UTF8.self) } == [
                "address add fd77:6f75:7473:0a1b:2c02:0:0:1/126 dev bundle0a1b2c02 nodad\n",
                "address add fd77:6f75:7473:0a1b:2c02:0:0:2/126 dev out nodad\n"
                    + "route add default via fd77:6f75:7473:0a1b:2c02:0:0:1 dev out\n",
            ])
    }

    /// Token 2 would take 169.254.78.8/30.
    @Test(arguments: [
        (["169.254.0.0/16"], "169.254.78.9"),
        (["0.0.0.0/0"], "169.254.78.9"),
        (["169.254.78.10"], "169.254.78.13"),
        (["169.254.78.0/28"], "169.254.78.17"),
        (["169.254.78.0/24"], "169.254.79.9"),
        (["169.254.64.0/18"], "198.51.100.9"),
        (["169.254.64.0/18", "198.51.100.0/24"], "203.0.113.9"),
    ])
    func keepsOutOfTheSitesNetworks(routes: [String], near: String) throws {
        #expect(try #require(OutsideWire.choose(token: 2, routes: routes)).near == near)
    }

    @Test func givesUpWhenAllIsTaken() {
        #expect(OutsideWire.choose(token: 2, routes: ["169.254.64.0/18", "192.0.0.0/4"]) == nil)
    }

    @Test func touchesNoPacketButItsOwn() throws {
        let wire = try #require(OutsideWire.choose(token: 1, routes: []))
        let port = OutsidePort(
            number: 443, v4: Endpoint(address: "169.254.77.4", port: 20443),
            v6: Endpoint(address: "fd77::4", port: 20443))
        let text = OutsideTable(wire: wire, rewriting: [port]).text
        let rules = text.split(separator: "\n").filter { $0.hasPrefix("add rule") }
        #expect(rules.count == 3)
        for rule in rules { #expect(rule.contains(" iifname \"bundle00000001\" ")) }
        #expect(text.contains("tcp dport 443 dnat ip to 169.254.77.4:20443"))
        #expect(text.contains("tcp dport 443 dnat ip6 to [fd77::4]:20443"))
    }

    @Test func findsWhatKilledRunsLeft() {
        let listing = """
            table inet filter
            table inet bundle_outside_x
            table inet bundleoutside_00000001
            table inet bundleoutside_00000002
            table ip nat
            """
        #expect(
            OutsideTable.left(in: listing) { $0 == "bundle00000002" } == ["bundleoutside_00000001"])
    }
}
