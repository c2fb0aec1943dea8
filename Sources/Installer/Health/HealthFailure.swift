// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// Why a service is not good enough for traffic, with everything a person wants to see next.
package struct HealthFailure: Error, Equatable, Sendable {
    package enum Reason: Equatable, Sendable {
        /// Not healthy within this time.
        case deadline(TimeSpan)
        /// Not healthy when clients could be made to wait no longer; the services before it left it this of the hold.
        case holdOver(hold: TimeSpan, left: TimeSpan)
        case unitFailed
        /// It ended although nobody asked it to.
        case unitStopped
        /// systemd had to start it again.
        case unitRestarted(times: Int)
        /// It listens where other machines reach it past its stable port.
        case listensWider(port: Int, address: String, program: String?)
        /// It was healthy and is not any more.
        case checkFailed
    }

    package var service: String
    package var unit: String
    package var reason: Reason
    /// The check that was not met, and its last answer.
    package var check: HealthCheck?
    package var answer: ProbeAnswer?
    package var state: UnitState?
    /// The last lines of its journal, oldest first.
    package var journal: [String]

    package init(
        service: String, unit: String, reason: Reason, check: HealthCheck? = nil, answer: ProbeAnswer? = nil,
        state: UnitState? = nil, journal: [String] = []
    ) {
        self.service = service
        self.unit = unit
        self.reason = reason
        self.check = check
        self.answer = answer
        self.state = state
        self.journal = journal
    }
}

/// A service that met all its checks.
package struct HealthyService: Equatable, Sendable {
    package var service: String
    package var milliseconds: Int64
    /// Names of ports at which it also listens on its IPv6 address: only these get IPv6 traffic.
    package var ipv6Ports: Set<String>

    package init(service: String, milliseconds: Int64, ipv6Ports: Set<String>) {
        self.service = service
        self.milliseconds = milliseconds
        self.ipv6Ports = ipv6Ports
    }
}
