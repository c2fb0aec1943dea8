// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem

@testable import EngineFakes
@testable import Installer

/// One operation on a host, from where it stands before to where it must end.
enum EngineScenario: String, CaseIterable, Sendable {
    case firstInstall
    /// Services of every kind: blue-green, kept, replaced, added, retired, an image; a release to prune.
    case upgrade
    case rollback
    /// `install --until ready`, then `promote`.
    case promote
    /// `install --until ready`, then `abort`.
    case abort
    case rehearsal
    /// An upgrade with a job at each moment.
    case jobs
    /// A job changes data for good while the writer is stopped; in a first installation, before it starts.
    case irreversible
    case irreversibleFirst
    /// A job changes data for good behind the bake.
    case irreversibleLast

    /// Whether it is to leave the host as it was.
    var takesBack: Bool { self == .abort || self == .rehearsal }

    /// The jobs of the release that the operation is about.
    private var jobs: [String: Job] {
        let store: [Dependency] = [.service(name: "store")]
        let smoke = Job(run: ["{{ bin }}/smoke"], at: [.idle, .public])
        switch self {
        case .jobs:
            return [
                "schema": Job(
                    like: "store", run: ["{{ bin }}/schema"], after: store, at: [.start], once: "s", data: .expand),
                "move": Job(
                    like: "store", run: ["{{ bin }}/move"], at: [.held], once: "m", data: .expand, timeout: .seconds(5)
                ), "smoke": smoke,
            ]
        case .irreversible, .irreversibleFirst:
            let schema = Job(run: ["{{ bin }}/schema"], after: store, at: [.start])
            return [
                "schema": schema, "smoke": smoke,
                "convert": Job(
                    like: "store", run: ["{{ bin }}/convert"], at: [.held], once: "c", data: .irreversible),
            ]
        case .irreversibleLast:
            return ["smoke": smoke, "convert": Job(run: ["{{ bin }}/convert"], at: [.public], data: .irreversible)]
        default: return [:]
        }
    }

    /// Whether the release before may not come back once its job has begun.
    var convertsData: Bool { jobs["convert"] != nil }

    func source(_ version: String, _ host: EngineHost) throws -> EngineSource {
        var services = EngineRelease.services
        if jobs.isEmpty { services.merge(EngineRelease.furtherServices(version)) { first, _ in first } }
        return try EngineSource(
            version, services: services, jobs: version.hasPrefix("2") ? jobs : [:], layout: host.layout,
            wire: host.wire)
    }

    /// Brings a fresh host to where the operation begins.
    func prepare(_ host: EngineHost) async throws {
        let before: [String] =
            switch self {
            case .firstInstall, .irreversibleFirst: []
            case .rollback: ["1.0.0", "2.0.0"]
            case .jobs, .irreversible, .irreversibleLast: ["1.0.0"]
            default: ["0.9.0", "1.0.0"]
            }
        for version in before {
            let installation = host.installation()
            try await installation.run(try await installation.prepare(.install, try source(version, host)))
        }
    }

    /// The operation itself; what is made ready outside of it is the same for each run.
    func prepared(_ host: EngineHost) async throws -> Installation.Prepared {
        let installation = host.installation()
        switch self {
        case .rollback:
            guard let release = try installation.store.load()?.releases.first(where: { $0.version.major == 1 }) else {
                throw Tripwire.Broken()
            }
            return try await installation.prepare(.rollback, try InstalledSource(release, layout: host.layout))
        case .firstInstall, .upgrade, .jobs, .irreversible, .irreversibleFirst, .irreversibleLast:
            return try await installation.prepare(.install, try source("2.0.0", host))
        case .promote, .abort:
            return try await installation.prepare(.install, try source("2.0.0", host), halt: .ready)
        case .rehearsal:
            return try await installation.prepare(
                .install, try source("2.0.0", host), halt: .rehearsal, rehearsal: TimeSpan(milliseconds: 300))
        }
    }

    func run(_ prepared: Installation.Prepared, _ installation: Installation) async throws {
        switch self {
        case .promote, .abort:
            try await installation.run(prepared)
            // Another process goes on.
            guard let pause = try installation.pause() else { throw Tripwire.Broken() }
            if self == .promote {
                try await installation.promote(pause)
            } else {
                try await installation.takeAway(pause)
            }
        default: try await installation.run(prepared)
        }
    }
}
