// SPDX-License-Identifier: Apache-2.0
package import HostSystem

/// A pair of interfaces between this host and a namespace of ours: names and addresses that no other run and no network of
/// the site has, as commands of ip(8).
package struct OutsideWire: Equatable, Sendable {
    /// Eight hexadecimal digits, drawn for each run.
    package let token: String
    /// The second and third octet's block, the number of the /30 in it.
    private let block: (prefix: String, number: Int)

    package static func == (left: OutsideWire, right: OutsideWire) -> Bool {
        left.token == right.token && left.near == right.near
    }

    /// 15 characters are the kernel's limit for an interface.
    package var interface: String { "bundle" + token }
    /// No product's table begins so: theirs begin with `bundle_`.
    package var table: String { OutsideWire.tablePrefix + token }
    package static let tablePrefix = "bundleoutside_"

    /// The host's end and the other, of a /30 and of a /126.
    package var near: String { "\(block.prefix).\(block.number * 4 + 1)" }
    package var far: String { "\(block.prefix).\(block.number * 4 + 2)" }
    package var near6: String { "\(network6):1" }
    package var far6: String { "\(network6):2" }
    /// RFC 4193: a unique local prefix with the run's own number in it.
    private var network6: String { "fd77:6f75:7473:\(token.prefix(4)):\(token.suffix(4)):0:0" }

    /// Whether a connection came by a wire of ours: nobody's client, and its own end may be gone already. The networks for
    /// documentation are left out, since they are only the last resort, and somebody may use them after all.
    static func isOurs(_ remote: SocketEndpoint) -> Bool {
        remote.isV6
            ? remote.address.starts(with: [0xfd, 0x77, 0x6f, 0x75, 0x74, 0x73])
            : remote.address.starts(with: [169, 254, 78]) || remote.address.starts(with: [169, 254, 79])
    }

    /// IPv4 link-local first (RFC 3927; the slots have 169.254.77.0/24), then the networks that are for documentation (RFC
    /// 5737): nobody's real network. The first /30 that no route of the host meets is taken.
    /// - Parameters:
    ///   - token: random.
    ///   - routes: destinations of `ip -j route show table all`, IPv4: `10.0.0.0/8`, `192.0.2.1`, `default`.
    /// - Returns: nil when all are taken.
    package static func choose(token: UInt32, routes: [String]) -> OutsideWire? {
        let taken = routes.compactMap { range($0) }
        let text = String(token, radix: 16)
        let padded = String(repeating: "0", count: 8 - text.count) + text
        for prefix in ["169.254.78", "169.254.79", "198.51.100", "203.0.113"] {
            for step in 0..<64 {
                let number = (Int(token % 64) + step) % 64
                guard let own = range("\(prefix).\(number * 4)/30") else { continue }
                if !taken.contains(where: { $0.overlaps(own) }) {
                    return OutsideWire(token: padded, block: (prefix, number))
                }
            }
        }
        return nil
    }

    /// A route as a range of addresses. Routes to everything, and to all of 169.254.0.0/16, name no network of anybody.
    private static func range(_ destination: String) -> ClosedRange<UInt32>? {
        let parts = destination.split(separator: "/")
        let octets = parts.first?.split(separator: ".").compactMap { UInt32($0) } ?? []
        guard octets.count == 4, octets.allSatisfy({ $0 < 256 }) else { return nil }
        let length = parts.count > 1 ? UInt32(parts[1]) ?? 32 : 32
        guard length > 16 || length > 0 && !destination.hasPrefix("169.254.0.0"), length <= 32 else { return nil }
        let address = octets.reduce(0) { $0 << 8 | $1 }
        let size = UInt32(truncatingIfNeeded: UInt64(1) << (32 - UInt64(length)) - 1)
        return (address & ~size)...(address | size)
    }

    /// - Parameter namespace: where the other end goes, as a path.
    package func lay(into namespace: HostPath) -> [Command] {
        let near = """
            link add \(interface) type veth peer name out netns \(namespace.text)
            address add \(self.near)/30 dev \(interface)
            link set \(interface) up

            """
        let far = """
            address add \(self.far)/30 dev out
            link set out up
            route add default via \(self.near) dev out

            """
        return [batch(near), batch(far, in: namespace)]
    }

    /// On their own, because a host may have no IPv6. Without duplicate detection they can be used at once.
    package func lay6(into namespace: HostPath) -> [Command] {
        let near = "address add \(near6)/126 dev \(interface) nodad\n"
        let far = "address add \(far6)/126 dev out nodad\nroute add default via \(near6) dev out\n"
        return [batch(near), batch(far, in: namespace)]
    }

    /// Addresses of slots, on the wire's near end: they go with it.
    package func lend(_ addresses: [String]) -> [Command] {
        addresses.map { address in
            let isV6 = address.contains(":")
            let length = isV6 ? "/128" : "/32"
            return Command(
                ["ip"] + (isV6 ? ["-6"] : []) + ["address", "add", address + length, "dev", interface]
                    + (isV6 ? ["nodad"] : []), timeoutSeconds: 10)
        }
    }

    package var cut: Command { Command(["ip", "link", "delete", interface], timeoutSeconds: 10) }

    private func batch(_ text: String, in namespace: HostPath? = nil) -> Command {
        let entering = namespace.map { ["nsenter", "--net=\($0.text)"] } ?? []
        return Command(entering + ["ip", "-batch", "-"], input: Array(text.utf8), timeoutSeconds: 10)
    }
}
