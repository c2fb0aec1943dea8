// SPDX-License-Identifier: Apache-2.0

/// A program of a release that runs to its end at a place in a deployment's order; texts marked "template" are rendered on
/// the host (format §7.7).
package struct Job: Codable, Equatable, Sendable {
    /// When it runs (host-state §7).
    package enum Moment: String, Codable, Sendable, CaseIterable {
        /// In dependency order, while the idle slot starts.
        case start
        /// The old copy of `like` is stopped, the new one not yet started.
        case held
        /// The idle slot is healthy; nobody reaches it yet.
        case idle
        /// Clients reach the new release; `address` then means the stable ports.
        case `public`
    }

    /// What it does to data that the release before it uses too.
    package enum DataChange: String, Codable, Sendable, CaseIterable {
        /// The old release can go on with it.
        case expand
        /// It cannot: from this job on there is only the way forward.
        case irreversible
    }

    /// The service whose state it works on and whose ports it knows as its own.
    package var like: String?
    /// argv; templates. As a service's.
    package var run: [String]
    package var image: String?
    /// What must be up, or done, before it; counts at `start`.
    package var after: [Dependency]
    package var config: [String]
    package var environment: [String: String]
    package var secrets: [SecretUse]
    package var limits: ResourceLimits
    package var sandbox: Sandbox
    /// Hosts that it belongs to; empty for every host.
    package var roles: [String]
    /// In the order of a deployment, each once.
    package var at: [Moment]
    /// It runs to its good end once on a host for each text that stands here.
    package var once: String?
    package var data: DataChange?
    package var timeout: TimeSpan

    package init(
        like: String? = nil, run: [String], image: String? = nil, after: [Dependency] = [], config: [String] = [],
        environment: [String: String] = [:], secrets: [SecretUse] = [], limits: ResourceLimits = ResourceLimits(),
        sandbox: Sandbox = Sandbox(), roles: [String] = [], at: [Moment], once: String? = nil, data: DataChange? = nil,
        timeout: TimeSpan = .seconds(600)
    ) {
        self.like = like
        self.run = run
        self.image = image
        self.after = after
        self.config = config
        self.environment = environment
        self.secrets = secrets
        self.limits = limits
        self.sandbox = sandbox
        self.roles = roles
        self.at = at
        self.once = once
        self.data = data
        self.timeout = timeout
    }
}
