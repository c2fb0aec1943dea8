// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import FoundationEssentials
package import HostSystem

/// Where a forwarder leads each port: one value, told whole and taken whole. On disk it is what the forwarder begins with.
package struct ForwarderRoutes: Equatable, Codable, Sendable {
    package let table: TrafficTable

    package init(_ table: TrafficTable = TrafficTable()) { self.table = table }

    var ports: [Int] { table.entries.map(\.port) }

    /// Clients by IPv6 reach a service that has IPv4 alone: that is nothing to a forwarder.
    func place(port: Int, isIPv6: Bool) -> Endpoint? {
        table.entries.first { $0.port == port }.map { isIPv6 ? $0.v6 ?? $0.v4 : $0.v4 }
    }

    /// - Returns: no routes when there is no file.
    package static func read(_ path: HostPath) throws -> ForwarderRoutes {
        guard try FileSystem.exists(path) else { return ForwarderRoutes() }
        let bytes = try FileSystem.readAll(path, limit: 4 << 20)
        return try JSONDecoder().decode(ForwarderRoutes.self, from: Data(bytes))
    }

    package func encoded() throws -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        return Array(try encoder.encode(self)) + [0x0a]
    }
}

/// What a forwarder is asked on its control socket, as one JSON document; it answers when it is done.
package enum ForwarderQuestion: Equatable, Codable, Sendable {
    case show
    /// All ports at one moment; connections that have begun stay where they are.
    case flip(routes: ForwarderRoutes)
    /// Clients wait in the kernel's queue, at most this long.
    case hold(ports: [Int], milliseconds: Int)
    case release(ports: [Int])
    /// Who is connected.
    case clients
    /// Another one has the sockets from now on: it ends with its last connection.
    case drain

    var concernsHolds: Bool {
        switch self {
        case .hold, .release: true
        case .show, .flip, .clients, .drain: false
        }
    }
}

/// How it is with a forwarder after what it was asked.
package struct ForwarderAnswer: Equatable, Codable, Sendable {
    package var routes: ForwarderRoutes
    /// Ports that it was given sockets for.
    package var listening: [Int]
    package var held: [Int]
    package var open: Int
    package var clients: [ForwardedClient]?
}
