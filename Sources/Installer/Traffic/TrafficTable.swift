// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Where each stable port of a product leads: what the state record says, and what the kernel is made to do.
package struct TrafficTable: Equatable, Codable, Sendable {
    /// One stable port.
    package struct Entry: Equatable, Codable, Sendable {
        /// The port that clients use.
        package var port: Int
        /// `host`, `public` or a network; a `slot` port has no entry.
        package var exposure: Port.Exposure
        /// Who may reach a port of a network, beside this machine.
        package var sources: [AddressRange]
        package var v4: Endpoint
        /// nil when the copy does not listen on its IPv6 address: those clients are then refused at once, not left
        /// hanging.
        package var v6: Endpoint?
        /// Whether a proxy may read it as HTTP; the kernel does not care.
        package var http = false

        package init(
            port: Int, exposure: Port.Exposure, v4: Endpoint, v6: Endpoint? = nil, sources: [AddressRange] = [],
            http: Bool = false
        ) {
            self.http = http
            self.port = port
            self.exposure = exposure
            self.sources = sources
            self.v4 = v4
            self.v6 = v6
        }
    }

    /// Sorted by port.
    package let entries: [Entry]

    package init(_ entries: [Entry] = []) {
        self.entries = entries.filter { $0.exposure != .slot }.sorted { $0.port < $1.port }
    }

    /// What the kernel does now, as what it should do.
    init(_ state: TrafficState) {
        func entries(_ ports: [Int: Set<Endpoint>], _ exposure: Port.Exposure) -> [Entry] {
            ports.compactMap { port, places in
                guard let v4 = places.first(where: { !$0.isIPv6 }) else { return nil }
                let sources = (state.neighbours[port] ?? []).sorted { $0.text < $1.text }
                return Entry(
                    port: port, exposure: exposure, v4: v4, v6: places.first(where: \.isIPv6),
                    sources: exposure == .host ? sources : [])
            }
        }
        self.init(entries(state.everybody, .public) + entries(state.machine, .host))
    }
}

/// What a hold closes: the stable ports of the services that are being replaced, and their own addresses, by which the
/// copies in the slots reach them.
package struct HeldPorts: Equatable, Sendable {
    package let ports: [Int]
    package let endpoints: [Endpoint]

    package init(ports: [Int], endpoints: [Endpoint]) {
        self.ports = ports.sorted()
        self.endpoints = endpoints.sorted()
    }

    package var isEmpty: Bool { ports.isEmpty && endpoints.isEmpty }
}

/// What the kernel does now, read back from it.
package struct TrafficState: Equatable, Sendable {
    package var everybody: [Int: Set<Endpoint>]
    package var machine: [Int: Set<Endpoint>]
    /// Ranges off this machine from which ports of `machine` are reached too.
    package var neighbours: [Int: Set<AddressRange>] = [:]
    package var heldPorts: Set<Int>
    package var heldEndpoints: Set<Endpoint>
    /// Whether every rule of ours is there; a foreign hand may have taken some.
    package var isWhole: Bool
    /// What stands in our table beside: `map public4` of an earlier version, a chain of somebody else's.
    package var strangers: Set<String> = []
    /// Who is led to the idle slot before the cutover.
    package var idle = IdleTraffic()

    package init(
        everybody: [Int: Set<Endpoint>] = [:], machine: [Int: Set<Endpoint>] = [:], heldPorts: Set<Int> = [],
        heldEndpoints: Set<Endpoint> = [], isWhole: Bool = true
    ) {
        self.everybody = everybody
        self.machine = machine
        self.heldPorts = heldPorts
        self.heldEndpoints = heldEndpoints
        self.isWhole = isWhole
    }

    /// The stable ports that do not lead where `table` says, sorted; empty when the kernel does what was meant.
    package func portsThatDiffer(from table: TrafficTable) -> [Int] {
        var wanted = TrafficState()
        for entry in table.entries {
            let endpoints = Set([entry.v4, entry.v6].compactMap { $0 })
            if entry.exposure == .public {
                wanted.everybody[entry.port] = endpoints
            } else {
                wanted.machine[entry.port] = endpoints
                if !entry.sources.isEmpty { wanted.neighbours[entry.port] = Set(entry.sources) }
            }
        }
        let ports = Set(everybody.keys).union(machine.keys).union(wanted.everybody.keys).union(wanted.machine.keys)
            .union(neighbours.keys)
        return ports.filter {
            everybody[$0] != wanted.everybody[$0] || machine[$0] != wanted.machine[$0]
                || neighbours[$0] != wanted.neighbours[$0]
        }.sorted()
    }

    /// Whether it does so, and nobody is led past it to the idle slot.
    package func does(_ table: TrafficTable, leadingNobody: Bool) -> Bool {
        does(table) && !(leadingNobody && (idle.leadsSomebody || !idle.places.isEmpty))
    }

    package func does(_ table: TrafficTable) -> Bool { isWhole && portsThatDiffer(from: table).isEmpty }
}
