// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// Counts the connections that a slot still has to finish: accepted, waiting to be accepted, or half open. Conntrack is
/// not asked: it remembers what has long ended.
package struct ConnectionCounter: Sendable {
    private let readTable: @Sendable () throws -> TCPTable
    private let end: @Sendable (TCPSocket) -> Bool

    package init(
        readTable: @escaping @Sendable () throws -> TCPTable = { try TCPTable.read() },
        end: @escaping @Sendable (TCPSocket) -> Bool = { TCPTable.cut($0) }
    ) {
        self.readTable = readTable
        self.end = end
    }

    /// Who is connected, by endpoint: the clients' own addresses, sorted; an endpoint without any is left out.
    package func peers(at endpoints: [Endpoint]) throws -> [Endpoint: [SocketEndpoint]] {
        try sockets(at: endpoints).mapValues { $0.map(\.remote).sorted { $0.description < $1.description } }
    }

    /// Cuts every connection that is open there. Where the kernel cannot, it ends with its process a moment later, so it
    /// counts as cut all the same.
    /// - Returns: how many there were.
    package func cut(at endpoints: [Endpoint]) throws -> Int {
        let open = try sockets(at: endpoints).values.flatMap { $0 }
        for socket in open { _ = end(socket) }
        return open.count
    }

    private func sockets(at endpoints: [Endpoint]) throws -> [Endpoint: [TCPSocket]] {
        let table = try readTable()
        var found: [Endpoint: [TCPSocket]] = [:]
        for endpoint in Set(endpoints) {
            guard let socket = endpoint.socket else { continue }
            let open = clients(table, socket)
            if !open.isEmpty { found[endpoint] = open }
        }
        return found
    }

    /// Open connections by endpoint, all read at one moment; an endpoint without any has 0.
    package func open(at endpoints: [Endpoint]) throws -> [Endpoint: Int] {
        let wanted = Dictionary(endpoints.map { ($0.socket, $0) }, uniquingKeysWith: { first, _ in first })
        let table = try readTable()
        var counts = Dictionary(endpoints.map { ($0, 0) }, uniquingKeysWith: { first, _ in first })
        for (socket, endpoint) in wanted {
            if let socket { counts[endpoint] = clients(table, socket).count }
        }
        return counts
    }

    package func count(at endpoints: [Endpoint]) throws -> Int { try open(at: endpoints).values.reduce(0, +) }

    /// Our own looks from outside (host-state §10) wait for nothing.
    private func clients(_ table: TCPTable, _ socket: SocketEndpoint) -> [TCPSocket] {
        table.connections(to: socket).filter { !OutsideWire.isOurs($0.remote) }
    }
}
