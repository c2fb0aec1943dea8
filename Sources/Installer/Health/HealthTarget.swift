// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import HostSystem

/// A port of the copy that is checked.
package struct TargetPort: Codable, Equatable, Sendable {
    package var v4: Endpoint
    /// nil on a host without IPv6.
    package var v6: Endpoint?
    package var bindAny: Bool

    package init(v4: Endpoint, v6: Endpoint?, bindAny: Bool = false) {
        self.v4 = v4
        self.v6 = v6
        self.bindAny = bindAny
    }
}

/// One copy of a service as health sees it: its unit, where it listens, what it must answer. Checks are rendered.
package struct HealthTarget: Codable, Equatable, Sendable {
    package var service: String
    package var unit: String
    /// By the name that the service gives it.
    package var ports: [String: TargetPort]
    package var checks: [HealthCheck]
    /// How an `exec` check is run: the command's own part is put at its end.
    package var task: TransientTask
    /// The same service in the slot that serves until the cutover; nil when there is none to compare with.
    package var old: OldCopy?

    package struct OldCopy: Codable, Equatable, Sendable {
        package var unit: String
        /// By the name that the new copy gives a port.
        package var ports: [String: Endpoint]

        package init(unit: String, ports: [String: Endpoint]) {
            self.unit = unit
            self.ports = ports
        }
    }

    package init(
        service: String, unit: String, ports: [String: TargetPort], checks: [HealthCheck],
        task: TransientTask = TransientTask([], user: nil)
    ) {
        self.service = service
        self.unit = unit
        self.ports = ports
        self.checks = checks
        self.task = task
    }
}

extension SlotUnit {
    /// The copy that this unit runs, with its checks rendered; `exec` runs as its user, in its sandbox, with its
    /// credentials, or inside of its container.
    package func healthTarget(addresses: SlotAddresses, hasIPv6: Bool, checks: [HealthCheck]) throws(UnitError)
        -> HealthTarget
    {
        let ports = service.ports.mapValues {
            TargetPort(
                v4: addresses.endpoint(context.slot, port: $0.port),
                v6: hasIPv6 ? addresses.endpoint6(context.slot, port: $0.port) : nil, bindAny: $0.bindAny)
        }
        return HealthTarget(
            service: context.service, unit: context.unit, ports: ports, checks: checks, task: try transientTask())
    }

    /// A task that runs beside the service as the service runs: an exec check now, a job later. Its `argv` is what comes
    /// before the program.
    package func transientTask() throws(UnitError) -> TransientTask {
        if let image = service.image {
            let exec = try ImageUnit(service: service, context: context, image: image).driver.exec
            return TransientTask(exec.argv, user: nil, properties: exec.properties)
        }
        let wrapper = try EnvironmentSecrets(ids: environmentSecrets, unit: context.unit).wrapping([])
        var properties = try Hardening(service.sandbox, unit: context.unit).directives.map { "\($0.name)=\($0.value)" }
        for (id, path) in loadedCredentials.sorted(by: { $0.key < $1.key }) {
            properties.append("LoadCredential=\(id):\(path.text)")
        }
        for path in service.state.compactMap({ context.state[$0.name]?.text }).sorted() {
            // `-`: before its first start a service has no state, and its config is checked (systemd.exec(5)).
            properties.append("ReadWritePaths=-\(path)")
        }
        return TransientTask(
            wrapper, user: context.names.user, environment: context.environment, properties: properties)
    }
}
