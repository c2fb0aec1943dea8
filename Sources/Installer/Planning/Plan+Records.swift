// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostRecords

/// What the state record will say when this plan is committed.
extension Plan {
    /// Units of the slot, in start order.
    package var slotUnits: [String] { services.filter { $0.strategy == .blueGreen }.map(\.unit) }

    /// - Parameter listeningOnIPv6: `SERVICE.PORT` of those found listening at their IPv6 address; a kept service keeps
    ///   what it had.
    package func traffic(listeningOnIPv6: Set<String>) -> [TrafficEntry] {
        services.flatMap { service in
            service.ports.filter { $0.expose != .slot }.map { port in
                let kept = formerTraffic.first { $0.service == service.name && $0.port == port.name }
                let listens =
                    service.action == .keep
                    ? kept?.ipv6 != nil : listeningOnIPv6.contains("\(service.name).\(port.name)")
                return TrafficEntry(
                    service: service.name, port: port.name, number: port.port, exposure: port.expose,
                    ipv4: port.endpoints.v4, ipv6: listens ? port.endpoints.v6 : nil,
                    recreate: service.strategy == .recreate, sources: port.sources, http: port.http)
            }
        }
    }

    /// Whether the record says that this plan was committed. The slot tells, but where it stays: there the services that
    /// run once do (host-state §5.2).
    package func isCommitted(_ record: StateRecord) -> Bool {
        guard let active = record.active, active.directory == directory, active.slot == slot else {
            return false
        }
        return !isInPlace || active.phase == .baking || record.recreate == recreateRecords
    }

    /// What each blue-green service of the slot is made of.
    package var slotFingerprints: [String: Digest] {
        let slotted = services.filter { $0.strategy == .blueGreen }
        return Dictionary(uniqueKeysWithValues: slotted.map { ($0.name, $0.fingerprint) })
    }

    package var recreateRecords: [String: RecreateRecord] {
        var records: [String: RecreateRecord] = [:]
        for service in services where service.strategy == .recreate {
            records[service.name] =
                service.action == .keep
                ? formerRecreate[service.name]
                : RecreateRecord(
                    unit: service.unit, place: service.place, directory: directory, fingerprint: service.fingerprint)
        }
        return records
    }

    /// What a hold closes while recreate services are replaced.
    package var heldPorts: HeldPorts {
        let ports = services.filter { $0.action == .replace }.flatMap(\.ports)
        return HeldPorts(
            ports: ports.filter { $0.expose != .slot }.map(\.port),
            endpoints: ports.flatMap { [$0.endpoints.v4, $0.endpoints.v6] })
    }
}

extension PlannedService {
    /// Where services of this product reach it past its stable ports.
    var ownDoors: HeldPorts {
        HeldPorts(ports: [], endpoints: ports.flatMap { [$0.endpoints.v4, $0.endpoints.v6] })
    }
}

extension StateRecord {
    package var table: TrafficTable {
        TrafficTable(
            traffic.map {
                TrafficTable.Entry(
                    port: $0.number, exposure: $0.exposure, v4: $0.ipv4, v6: $0.ipv6, sources: $0.sources,
                    http: $0.http ?? false)
            })
    }
}
