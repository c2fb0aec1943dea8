// SPDX-License-Identifier: Apache-2.0

/// One condition that a service must meet before traffic, and keep while it bakes.
package struct HealthCheck: Codable, Equatable, Sendable {
    /// What is asked. Port names are those of the service.
    package enum Probe: Codable, Equatable, Sendable {
        /// A GET whose answer has the status and, if given, holds the text in its body.
        case http(port: String, path: String, status: Int, body: String?, host: String?)
        /// A connection that is accepted.
        case tcp(port: String)
        /// A program, as the service's user, that exits 0; templates.
        case exec(command: [String])
        /// The unit is `Type=notify` and has said READY=1.
        case notify
        /// The unit has run this long without a restart.
        case alive(duration: TimeSpan)
    }

    package var probe: Probe
    /// Passes in a row that make it healthy.
    package var passes: Int
    /// From one try to the next; also the longest that one try may take, but no less than a second.
    package var interval: TimeSpan

    package init(probe: Probe, passes: Int = 1, interval: TimeSpan = .seconds(1)) {
        self.probe = probe
        self.passes = passes
        self.interval = interval
    }
}
