// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords

/// A service of the slot that was left: where its connections end, and how long they may stay.
struct DrainingService: Equatable {
    let name: String
    let endpoints: [Endpoint]
    let span: TimeSpan
    /// Open when the drain began.
    var first = 0
}

extension Deployment {
    /// Those to recreate services are not the old slot's. A service that the new release lacks has the release's `drain`.
    func drainingServices() throws -> [DrainingService] {
        let former = Dictionary(grouping: plan.formerTraffic.filter { !$0.recreate }, by: \.service)
        var services = former.sorted { $0.key < $1.key }.map { name, entries in
            DrainingService(
                name: name, endpoints: entries.flatMap { [$0.ipv4, $0.ipv6].compactMap { $0 } },
                span: plan.services.first { $0.name == name }?.drain ?? plan.cutover.drain)
        }
        let counts = try ConnectionCounter().open(at: services.flatMap(\.endpoints))
        for index in services.indices {
            services[index].first = services[index].endpoints.reduce(0) { $0 + (counts[$1] ?? 0) }
        }
        return services
    }
}
