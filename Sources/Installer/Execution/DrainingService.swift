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

    func open(_ counts: [Endpoint: Int]) -> Int { endpoints.reduce(0) { $0 + (counts[$1] ?? 0) } }
}

extension Plan {
    /// Where the blue-green services of the slot that is left listen, by their names.
    var formerEndpoints: [(service: String, endpoints: [Endpoint])] {
        Dictionary(grouping: formerTraffic.filter { !$0.recreate }, by: \.service).sorted { $0.key < $1.key }
            .map { ($0.key, $0.value.flatMap(\.endpoints)) }
    }
}

extension Deployment {
    /// A service that the new release lacks has the release's `drain`.
    func drainingServices() throws -> [DrainingService] {
        var services = plan.formerEndpoints.map { name, endpoints in
            DrainingService(
                name: name, endpoints: endpoints,
                span: plan.services.first { $0.name == name }?.drain ?? plan.cutover.drain)
        }
        let counts = try ConnectionCounter().open(at: services.flatMap(\.endpoints))
        for index in services.indices { services[index].first = services[index].open(counts) }
        return services
    }
}
