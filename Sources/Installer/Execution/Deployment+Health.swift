// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem

/// What the engine asks of health and of open connections.
extension Deployment {
    var checker: HealthChecker {
        let layout = layout
        return HealthChecker(
            services: environment.services, clock: environment.clock, probe: environment.probe,
            secret: { try? FileSystem.readAll(layout.secret($0), limit: 1 << 20) }, scan: environment.scan)
    }

    /// - Parameters:
    ///   - start: where the deadline counts from; nil for now.
    ///   - fresh: the unit was started for this.
    func checkHealth(
        of service: PlannedService, within deadline: TimeSpan, since start: Int64? = nil, fresh: Bool
    ) async throws {
        let healthy = try await checker.waitUntilHealthy(
            service.target, deadline: deadline, since: start, fresh: fresh)
        for port in healthy.ipv6Ports { listeningOnIPv6.insert("\(service.name).\(port)") }
    }
}
