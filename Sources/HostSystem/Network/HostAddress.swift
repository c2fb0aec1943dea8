// SPDX-License-Identifier: Apache-2.0
import Glibc

/// One address of one network interface, as getifaddrs(3) tells it.
package struct InterfaceAddress: Equatable, Sendable {
    package var interface: String
    package var index: Int
    /// In its usual spelling, without a zone.
    package var address: String
    package var isV6: Bool

    package init(interface: String, index: Int, address: String, isV6: Bool) {
        self.interface = interface
        self.index = index
        self.address = address
        self.isV6 = isV6
    }
}

/// Chooses the one address that a machine is called by (`host.address`, docs/values.md §4). It sends nothing, and gives the
/// same answer while the machine's addresses and routes stay as they are.
package enum HostAddress {
    /// The first that is there: IPv4 on the interface of the default route, IPv4 on the interface that came first, then
    /// the same for IPv6. A network without a way out often has no default route.
    ///
    /// - Parameters:
    ///   - addresses: in the kernel's order, in which a primary address stands before a secondary one.
    ///   - route4: the interface of the IPv4 default route; `route6` likewise.
    package static func choose(_ addresses: [InterfaceAddress], route4: String?, route6: String?) -> String? {
        let usable = addresses.filter { isGlobal($0) }
        for (isV6, route) in [(false, route4), (true, route6)] {
            let family = usable.filter { $0.isV6 == isV6 }
            if let found = family.first(where: { $0.interface == route }) { return found.address }
            // Bridges of container runtimes come after the cards that the machine started with.
            if let index = family.map(\.index).min(), let found = family.first(where: { $0.index == index }) {
                return found.address
            }
        }
        return nil
    }

    /// Link-local addresses are none that others call it by; the slots' own (169.254.77.0/24) are among them.
    private static func isGlobal(_ one: InterfaceAddress) -> Bool {
        one.isV6
            ? !["fe8", "fe9", "fea", "feb", "::1"].contains { one.address.hasPrefix($0) }
            : !one.address.hasPrefix("127.") && !one.address.hasPrefix("169.254.")
    }

    /// The interface of the default route with the lowest metric, from `/proc/net/route`.
    package static func defaultRoute(fromRoute text: String) -> String? {
        var best: (metric: Int, interface: String)?
        for line in text.split(separator: "\n").dropFirst() {
            let fields = line.split { $0 == "\t" || $0 == " " }
            guard fields.count >= 8, fields[1] == "00000000", fields[7] == "00000000",
                let flags = Int(fields[3], radix: 16), flags & 1 == 1, let metric = Int(fields[6])
            else { continue }
            if metric < best?.metric ?? Int.max { best = (metric, String(fields[0])) }
        }
        return best?.interface
    }

    /// The same from `/proc/net/ipv6_route`: destination, its length, source, its length, gateway, metric, uses, flags.
    package static func defaultRoute(fromIPv6Route text: String) -> String? {
        var best: (metric: Int, interface: String)?
        for line in text.split(separator: "\n") {
            let fields = line.split { $0 == "\t" || $0 == " " }
            guard fields.count == 10, fields[0].allSatisfy({ $0 == "0" }), fields[1] == "00", fields[9] != "lo",
                let metric = Int(fields[5], radix: 16)
            else { continue }
            if metric < best?.metric ?? Int.max { best = (metric, String(fields[9])) }
        }
        return best?.interface
    }

    /// Addresses of interfaces that are up, the loopback left out.
    package static func read() -> [InterfaceAddress] {
        var list: UnsafeMutablePointer<ifaddrs>?
        guard getifaddrs(&list) == 0 else { return [] }
        defer { freeifaddrs(list) }
        var found: [InterfaceAddress] = []
        var next = list
        while let entry = next?.pointee {
            next = entry.ifa_next
            let flags = Int(entry.ifa_flags)
            guard flags & Int(IFF_UP) != 0, flags & Int(IFF_LOOPBACK) == 0,
                let address = entry.ifa_addr, let text = text(of: address)
            else { continue }
            found.append(
                InterfaceAddress(
                    interface: String(cString: entry.ifa_name), index: Int(if_nametoindex(entry.ifa_name)),
                    address: text, isV6: address.pointee.sa_family == sa_family_t(AF_INET6)))
        }
        return found
    }

    private static func text(of address: UnsafePointer<sockaddr>) -> String? {
        var buffer = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        let raw = UnsafeRawPointer(address)
        switch Int32(address.pointee.sa_family) {
        case AF_INET:
            var ip = raw.loadUnaligned(as: sockaddr_in.self).sin_addr
            guard inet_ntop(AF_INET, &ip, &buffer, socklen_t(buffer.count)) != nil else { return nil }
        case AF_INET6:
            var ip = raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr
            guard inet_ntop(AF_INET6, &ip, &buffer, socklen_t(buffer.count)) != nil else { return nil }
        default: return nil
        }
        return String(decoding: buffer.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

extension InterfaceAddress {
    /// Whether an interface of this name is there now, in this network namespace.
    package static func hasInterface(_ name: String) -> Bool { if_nametoindex(name) != 0 }
}
