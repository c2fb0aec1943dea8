// SPDX-License-Identifier: Apache-2.0

/// One service of a release, as its author declared it; texts marked "template" are rendered on the host.
package struct Service: Codable, Equatable, Sendable {
    /// How a new copy takes over from the old one.
    package enum Strategy: String, Codable, Sendable {
        case blueGreen = "blue-green"
        case recreate
    }

    /// argv; templates. Empty only for an image that runs as it was built; a first element that is empty keeps an image's
    /// own entry point.
    package var run: [String]
    /// The name of an image of this release; nil for a program on the host.
    package var image: String?
    /// Who the program of an image is; nil for the product's own user.
    package var user: ContainerUser?
    /// Whether the program of an image may write anywhere in its root; what it writes there ends with it.
    package var writableRoot: Bool
    package var after: [Dependency]
    /// Names of config files that it reads.
    package var config: [String]
    /// Environment variables; values are templates.
    package var environment: [String: String]
    package var secrets: [SecretUse]
    package var ports: [String: Port]
    package var health: [HealthCheck]
    package var state: [StateDirectory]
    /// Whether two copies may use the state at once.
    package var sharedState: Bool
    package var strategy: Strategy
    /// The longest time that new connections wait while a recreate service is replaced.
    package var hold: TimeSpan
    /// nil: the release's `cutover.drain`.
    package var drain: TimeSpan?
    package var stop: StopSettings
    package var limits: ResourceLimits
    package var sandbox: Sandbox
    /// Extra unit directives: section → directive → values.
    package var unit: [String: [String: [String]]]
    /// Hosts that it belongs to; empty for every host.
    package var roles: [String]
    /// The name of a boolean value, without `values.`; where that is false the service is left out.
    package var when: String?

    package init(
        run: [String], image: String? = nil, user: ContainerUser? = nil, writableRoot: Bool = false,
        after: [Dependency] = [], config: [String] = [],
        environment: [String: String] = [:], secrets: [SecretUse] = [], ports: [String: Port] = [:],
        health: [HealthCheck] = [], state: [StateDirectory] = [], sharedState: Bool = false,
        strategy: Strategy, hold: TimeSpan = .seconds(20), drain: TimeSpan? = nil,
        stop: StopSettings = StopSettings(), limits: ResourceLimits = ResourceLimits(), sandbox: Sandbox = Sandbox(),
        unit: [String: [String: [String]]] = [:], roles: [String] = [], when: String? = nil
    ) {
        self.run = run
        self.image = image
        self.user = user
        self.writableRoot = writableRoot
        self.after = after
        self.config = config
        self.environment = environment
        self.secrets = secrets
        self.ports = ports
        self.health = health
        self.state = state
        self.sharedState = sharedState
        self.strategy = strategy
        self.hold = hold
        self.drain = drain
        self.stop = stop
        self.limits = limits
        self.sandbox = sandbox
        self.unit = unit
        self.roles = roles
        self.when = when
    }
}

/// What must be up before a service starts.
package enum Dependency: Codable, Hashable, Sendable {
    /// A service of this release.
    case service(name: String)
    /// A job of this release that runs at `start`.
    case job(name: String)
    /// A unit of the host.
    case unit(name: String)
}

/// A port of a service.
package struct Port: Codable, Equatable, Sendable {
    /// 1 to 65535: the port clients use.
    package var port: Int
    package var expose: Exposure
    /// `bind: any`: the program may listen wider than it was told.
    package var bindAny: Bool
    /// The port that the program of an image binds to, whatever it is told; nil when it listens where it is told.
    package var container: Int?

    package init(port: Int, expose: Exposure = .host, bindAny: Bool = false, container: Int? = nil) {
        self.port = port
        self.expose = expose
        self.bindAny = bindAny
        self.container = container
    }
}

/// Numbers that an image was built for. They are the host's numbers too, so a host where they belong to somebody refuses.
package struct ContainerUser: Codable, Equatable, Sendable {
    /// 1 to 65533: never root, never nobody.
    package var user: Int
    package var group: Int

    package init(user: Int, group: Int) {
        self.user = user
        self.group = group
    }

    package static let range = 1...65_533

    /// `999`, `999:998`; the group is the user's number when it is left out.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        let numbers = parts.compactMap { Grammar.decimal($0.utf8).map(Int.init) }
        guard (1...2).contains(parts.count), numbers.count == parts.count,
            numbers.allSatisfy(ContainerUser.range.contains)
        else { return nil }
        self.init(user: numbers[0], group: numbers[numbers.count - 1])
    }
}

/// A directory of data that outlives releases: `/var/lib/NAME/SERVICE/DIRECTORY`.
package struct StateDirectory: Codable, Equatable, Sendable {
    package var name: String
    /// Where an image sees it; nil for a program, which is told by `{{ state.NAME }}`.
    package var mount: String?

    package init(name: String, mount: String? = nil) {
        self.name = name
        self.mount = mount
    }
}

/// How a service is asked to stop.
package struct StopSettings: Codable, Equatable, Sendable {
    package var signal: String
    package var timeout: TimeSpan

    package init(signal: String = "SIGTERM", timeout: TimeSpan = .seconds(30)) {
        self.signal = signal
        self.timeout = timeout
    }
}

/// Ceilings that systemd enforces.
package struct ResourceLimits: Codable, Equatable, Sendable {
    /// Bytes.
    package var memory: Int64?
    /// Per cent of one processor.
    package var cpu: Int?
    /// Open files.
    package var files: Int?

    package init(memory: Int64? = nil, cpu: Int? = nil, files: Int? = nil) {
        self.memory = memory
        self.cpu = cpu
        self.files = files
    }
}

/// How far a service is shut off from the host.
package struct Sandbox: Codable, Equatable, Sendable {
    package enum Profile: String, Codable, Sendable {
        case strict
        /// Strict, but for memory that is written and then executed.
        case jit
        case legacy
    }

    package var profile: Profile
    /// Exceptions by name, sorted.
    package var allow: [String]

    package init(profile: Profile = .strict, allow: [String] = []) {
        self.profile = profile
        self.allow = allow
    }
}

/// The times of a cutover.
package struct CutoverSettings: Codable, Equatable, Sendable {
    package var healthTimeout: TimeSpan
    package var bake: TimeSpan
    package var drain: TimeSpan

    package init(
        healthTimeout: TimeSpan = .seconds(60), bake: TimeSpan = .seconds(60), drain: TimeSpan = .seconds(30)
    ) {
        self.healthTimeout = healthTimeout
        self.bake = bake
        self.drain = drain
    }
}
