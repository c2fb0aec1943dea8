// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// Counts the connections that a slot still has to finish: accepted, waiting to be accepted, or half open. Conntrack is
/// not asked: it remembers what has long ended.
package struct ConnectionCounter: Sendable {
    private let readTable: @Sendable () throws -> TCPTable

    package init(readTable: @escaping @Sendable () throws -> TCPTable = { try TCPTable.read() }) {
        self.readTable = readTable
    }

    /// Open connections by endpoint, all read at one moment; an endpoint without any has 0.
    package func open(at endpoints: [Endpoint]) throws -> [Endpoint: Int] {
        let wanted = Dictionary(endpoints.map { ($0.socket, $0) }, uniquingKeysWith: { first, _ in first })
        let table = try readTable()
        var counts = Dictionary(endpoints.map { ($0, 0) }, uniquingKeysWith: { first, _ in first })
        for (socket, endpoint) in wanted {
            if let socket { counts[endpoint] = table.connections(to: socket).count }
        }
        return counts
    }
}
