// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// Who listens where, at one moment: whether a copy answers on IPv6, and whether it listens wider than it was told.
package struct ListenerScan: Sendable {
    /// A listening socket that other machines could reach past the stable ports.
    package struct Wide: Equatable, Sendable {
        package let port: Int
        package let address: String
        /// The program's short name, where it could be read.
        package let program: String?
    }

    private let table: TCPTable
    private let owners: @Sendable (Set<UInt64>) -> [UInt64: SocketOwner]

    package init(
        table: TCPTable,
        owners: @escaping @Sendable (Set<UInt64>) -> [UInt64: SocketOwner] = { SocketOwner.find($0) }
    ) {
        self.table = table
        self.owners = owners
    }

    /// Whether something listens exactly there, or on every address of a family that reaches it.
    package func listens(at endpoint: Endpoint) -> Bool {
        guard let place = endpoint.socket else { return false }
        return table.listeners(port: endpoint.port).contains {
            // A socket on `::` takes IPv4 too, unless it asked not to; the table does not say, a probe will.
            $0.local == place || $0.local.isWildcard && ($0.local.isV6 || !place.isV6)
        }
    }

    /// Sockets of `unit` that listen on neither a slot address nor loopback; and, whoever holds them, on all addresses at
    /// one of its ports: a container's program runs in a unit that is not ours.
    package func wide(unit: String, ports: [TargetPort]) -> [Wide] {
        let exempt = ports.contains(where: \.bindAny)
        let reachable = table.sockets.filter { $0.state == .listen && !ListenerScan.isOwn($0.local) }
        let told = Set(ports.filter { !$0.bindAny }.map(\.v4.port))
        guard !reachable.isEmpty else { return [] }
        let holders = owners(Set(reachable.map(\.inode)))
        let found = reachable.filter { socket in
            (!exempt && holders[socket.inode]?.unit == unit)
                || (socket.local.isWildcard && told.contains(socket.local.port))
        }
        return found.map {
            Wide(port: $0.local.port, address: $0.local.addressText, program: holders[$0.inode]?.program)
        }
    }

    /// 127.0.0.0/8, ::1, and the addresses that slots have.
    private static func isOwn(_ place: SocketEndpoint) -> Bool {
        let address = place.address
        guard place.isV6 else { return address.first == 127 || address.starts(with: [169, 254, 77]) }
        let leading = address.prefix(14)
        return leading.allSatisfy { $0 == 0 } && address.suffix(2) == [0, 1]
            || leading == [0xfd, 0x77] + [UInt8](repeating: 0, count: 12)
    }
}
