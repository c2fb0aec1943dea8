// SPDX-License-Identifier: Apache-2.0

/// One condition that a service must meet before traffic, and keep while it bakes.
package struct HealthCheck: Codable, Equatable, Sendable {
    /// What is asked. Port names are those of the service.
    package enum Probe: Codable, Equatable, Sendable {
        /// A GET whose answer has the status and, if given, holds the text in its body.
        case http(port: String, path: String, status: Int, body: String?, host: String?, tls: CheckTLS? = nil)
        /// A connection that is accepted.
        case tcp(port: String)
        /// A program, as the service's user, that exits 0; templates.
        case exec(command: [String])
        /// The unit is `Type=notify` and has said READY=1.
        case notify
        /// The unit has run this long without a restart.
        case alive(duration: TimeSpan)
        /// `grpc.health.v1.Health/Check` answers SERVING; an empty service asks for the server as a whole.
        case grpc(port: String, service: String, host: String?, tls: CheckTLS?)
        /// A stream of server-sent events in which one comes; if `expect` is given, one whose data holds the text.
        case sse(port: String, path: String, expect: String?, host: String?, tls: CheckTLS?)
        /// A WebSocket that opens; if `expect` is given, a message holds the text, after `send` was sent if there is one.
        case websocket(port: String, path: String, send: String?, expect: String?, host: String?, tls: CheckTLS?)
        /// The sum of the samples that `sample` selects from a page of Prometheus' text format stays inside the bounds.
        case metrics(port: String, path: String, sample: String, bounds: MetricBounds, host: String?, tls: CheckTLS?)
        /// At most so many lines of the unit's journal match the pattern in any `per` of the bake.
        case log(pattern: String, atMost: Int, per: TimeSpan)
    }

    package var probe: Probe
    /// Passes in a row that make it healthy.
    package var passes: Int
    /// From one try to the next.
    package var interval: TimeSpan
    /// The longest that one try may take; nil: the interval, but no less than a second, and 5 s for streams.
    package var within: TimeSpan?
    /// From the start to healthy; nil: the release's `cutover.health-timeout`.
    package var deadline: TimeSpan?

    package init(
        probe: Probe, passes: Int = 1, interval: TimeSpan = .seconds(1), within: TimeSpan? = nil,
        deadline: TimeSpan? = nil
    ) {
        self.probe = probe
        self.passes = passes
        self.interval = interval
        self.within = within
        self.deadline = deadline
    }

    /// The least time that its passes take: the first needs no interval before it.
    package var leastTime: TimeSpan {
        guard !probe.isForBakeOnly else { return TimeSpan(milliseconds: 0) }
        var needs = (passes - 1) * interval.milliseconds
        if case .alive(let duration) = probe { needs += duration.milliseconds }
        return TimeSpan(milliseconds: needs)
    }
}

/// How a check speaks TLS. The server's name, asked for and checked, is the check's `host`.
package struct CheckTLS: Codable, Equatable, Sendable {
    /// The ID of a secret: PEM certificates, of an authority or of the server itself.
    package var ca: String

    package init(ca: String) { self.ca = ca }
}

/// Between what a metric must stay. At least one bound is there.
package struct MetricBounds: Codable, Equatable, Sendable {
    package var atMost: Quantity?
    package var atLeast: Quantity?
    /// Bounds are on the increase in any span of this length, not on the value.
    package var per: TimeSpan?
    /// Bounds are on how far it is above the old slot's; a share is one of the old slot's.
    package var againstOld: Bool

    package init(
        atMost: Quantity? = nil, atLeast: Quantity? = nil, per: TimeSpan? = nil, againstOld: Bool = false
    ) {
        self.atMost = atMost
        self.atLeast = atLeast
        self.per = per
        self.againstOld = againstOld
    }
}

extension HealthCheck.Probe {
    /// Whether it is about what happens under traffic, and so is asked only while a release bakes.
    package var isForBakeOnly: Bool {
        switch self {
        case .log: true
        case .metrics(_, _, _, let bounds, _, _): bounds.per != nil || bounds.againstOld
        default: false
        }
    }

    /// The port that is asked, by the service's name for it.
    package var port: String? {
        switch self {
        case .http(let port, _, _, _, _, _), .tcp(let port), .grpc(let port, _, _, _), .sse(let port, _, _, _, _),
            .websocket(let port, _, _, _, _, _), .metrics(let port, _, _, _, _, _):
            port
        case .exec, .notify, .alive, .log: nil
        }
    }

    package var tls: CheckTLS? {
        switch self {
        case .http(_, _, _, _, _, let tls), .grpc(_, _, _, let tls), .sse(_, _, _, _, let tls),
            .websocket(_, _, _, _, _, let tls), .metrics(_, _, _, _, _, let tls):
            tls
        case .tcp, .exec, .notify, .alive, .log: nil
        }
    }

    package var host: String? {
        switch self {
        case .http(_, _, _, _, let host, _), .grpc(_, _, let host, _), .sse(_, _, _, let host, _),
            .websocket(_, _, _, _, let host, _), .metrics(_, _, _, _, let host, _):
            host
        case .tcp, .exec, .notify, .alive, .log: nil
        }
    }

    package var path: String? {
        switch self {
        case .http(_, let path, _, _, _, _), .sse(_, let path, _, _, _), .websocket(_, let path, _, _, _, _),
            .metrics(_, let path, _, _, _, _):
            path
        case .grpc, .tcp, .exec, .notify, .alive, .log: nil
        }
    }
}
