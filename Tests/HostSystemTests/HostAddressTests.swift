// SPDX-License-Identifier: Apache-2.0
import HostSystem
import Testing

struct HostAddressTests {
    private static func v4(_ interface: String, _ index: Int, _ address: String) -> InterfaceAddress {
        InterfaceAddress(interface: interface, index: index, address: address, isV6: false)
    }

    private static func v6(_ interface: String, _ index: Int, _ address: String) -> InterfaceAddress {
        InterfaceAddress(interface: interface, index: index, address: address, isV6: true)
    }

    @Test(arguments: [
        // The default route decides, then the card that came first; a second address of a card never does.
        ([v4("eth0", 2, "10.0.0.1"), v4("eth1", 3, "10.1.0.1"), v4("eth1", 3, "10.1.0.2")], "eth1", "10.1.0.1"),
        ([v4("docker0", 5, "172.17.0.1"), v4("eth0", 2, "10.0.0.1")], nil, "10.0.0.1"),
        ([v4("eth0", 2, "10.0.0.1")], "ppp0", "10.0.0.1"),
        // IPv6 only where there is no IPv4 that others could use.
        ([v6("eth0", 2, "2001:db8::1"), v4("eth0", 2, "10.0.0.1")], nil, "10.0.0.1"),
        ([v4("eth0", 2, "169.254.3.4"), v6("eth0", 2, "fe80::1"), v6("eth0", 2, "2001:db8::1")], nil, "2001:db8::1"),
        ([v6("eth0", 2, "fe80::1")], nil, nil), ([], "eth0", nil),
    ])
    func choice(addresses: [InterfaceAddress], route: String?, expected: String?) {
        #expect(HostAddress.choose(addresses, route4: route, route6: nil) == expected)
    }

    @Test func defaultRoutes() {
        let head = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n"
        let routes = [
            "eth0\t0000000A\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0",
            "wlan0\t00000000\t0100000A\t0003\t0\t0\t600\t00000000\t0\t0\t0",
            "eth0\t00000000\t0100000A\t0003\t0\t0\t100\t00000000\t0\t0\t0",
            "down0\t00000000\t0100000A\t0002\t0\t0\t1\t00000000\t0\t0\t0",
        ]
        #expect(HostAddress.defaultRoute(fromRoute: head + routes.joined(separator: "\n") + "\n") == "eth0")
        #expect(HostAddress.defaultRoute(fromRoute: head) == nil)
        let zeros = String(repeating: "0", count: 32)
        let routes6 = [
            "\(zeros) 00 \(zeros) 00 \(zeros) ffffffff 00000001 00000000 00200200       lo",
            "\(zeros) 00 \(zeros) 00 fe800000000000000000000000000001 00000400 00000001 00000000 00450003     eth1",
        ]
        #expect(HostAddress.defaultRoute(fromIPv6Route: routes6.joined(separator: "\n")) == "eth1")
        #expect(HostAddress.defaultRoute(fromIPv6Route: "") == nil)
    }

    @Test func thisMachineHasNoLoopbackAmongThem() {
        #expect(!HostAddress.read().contains { $0.address == "127.0.0.1" || $0.address == "::1" })
    }
}
