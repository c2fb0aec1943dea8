// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import HostSystem

@testable import EngineFakes
@testable import HostRecords
@testable import Installer

/// The verbs as `Commands/Host` puts them together, without the console: the lock, recovery first, then the engine.
struct RigVerb {
    struct NotFound: Error {}

    private let host: RigHost

    init(_ host: RigHost) { self.host = host }

    private var layout: HostLayout { host.engine.layout }

    /// Exit statuses of cli.md that the rig tells apart.
    static func status(of error: any Error) -> Int32 {
        switch error {
        case DeploymentFailure.undone, DeploymentFailure.rolledBack, DeploymentFailure.stopped: 4
        case is DeploymentFailure, is UnfinishedRemoval: 5
        default: 1
        }
    }

    func install(
        _ version: String, _ checkpoint: @escaping @Sendable (InstallerEnvironment.Checkpoint) throws -> Void = { _ in }
    ) async throws {
        try await locked("install") {
            let installation = host.engine.installation(checkpoint)
            _ = try await installation.recover()
            let source = try BundleSource(try host.bundles.head(version), layout: layout, reader: nil)
            try source.findNeeded()
            if source.delivery == nil {
                _ = try source.head.verifyBody()
                try InstalledSource(directory: source.directory, digest: source.digest, layout: layout).verifyTree()
            }
            try await carryOut(try await installation.prepare(.install, source), installation)
        }
    }

    func rollback(to version: String) async throws {
        try await locked("rollback") {
            let installation = host.engine.installation()
            _ = try await installation.recover()
            let releases = try installation.store.load()?.releases ?? []
            guard let release = releases.last(where: { $0.version.description == version }) else { throw NotFound() }
            let source = try InstalledSource(release, layout: layout)
            try source.verifyTree()
            try await carryOut(try await installation.prepare(.rollback, source), installation)
        }
    }

    func reconfigure() async throws {
        try await locked("reconfigure") {
            let installation = host.engine.installation()
            _ = try await installation.recover()
            guard let active = try installation.store.load()?.active else { throw NotFound() }
            let source = try InstalledSource(directory: active.directory, digest: active.digest, layout: layout)
            try source.verifyTree()
            try await carryOut(try await installation.prepare(.reconfigure, source), installation)
        }
    }

    func stage(_ version: String) async throws {
        try await locked("stage") {
            let installation = host.engine.installation()
            _ = try await installation.recover()
            let source = try BundleSource(try host.bundles.head(version), layout: layout, reader: nil)
            _ = try await installation.stage(source, signers: ["nobody"])
        }
    }

    func prune(keep: Int) async throws {
        try await locked("prune") {
            _ = try await host.engine.installation().recover()
            _ = try await host.engine.installation().prune(keep: keep)
        }
    }

    func remove() async throws {
        try await locked("remove") {
            _ = try await host.engine.installation().recover()
            try await host.engine.installation().remove(data: true)
        }
    }

    /// As `bundle recover` chooses what to look at.
    func recover() async throws {
        try await locked("recover") {
            guard try HostLayout.withRecords(root: layout.root).contains(layout.product) else { return }
            _ = try await host.engine.installation().recover()
        }
    }

    /// What a boot does: the boot unit, then services, then what cannot be waited for at boot.
    func boot() async throws {
        host.engine.reboot()
        try FileSystem.removeTree(layout.runDirectory)
        try await locked("recover") {
            guard try HostLayout.withRecords(root: layout.root).contains(layout.product) else { return }
            let outcome = try await host.engine.installation().recover(booting: true)
            try host.engine.services.startQueued()
            if case .postponed = outcome { _ = try await host.engine.installation().recover() }
        }
        try host.save()
    }

    private func carryOut(_ prepared: Installation.Prepared, _ installation: Installation) async throws {
        if prepared.isUnchanged { return }
        // Most of this machine is not the host's: only what earlier runs may have left counts.
        let problems = prepared.problems.filter(\.isOfEarlierRuns)
        guard problems.isEmpty else { throw PreflightProblems(problems: problems) }
        try await installation.run(prepared)
    }

    private func locked(_ verb: String, _ body: () async throws -> Void) async throws {
        try FileSystem.createDirectories(layout.runDirectory)
        let holder = LockHolder(process: ProcessFacts.id, bootID: "b", verb: verb)
        let lock = try FileLock.acquire(layout.lock, holder: holder)
        try await body()
        withExtendedLifetime(lock) {}
    }
}

extension PreflightProblem {
    fileprivate var isOfEarlierRuns: Bool {
        switch self {
        case .belowFloor, .otherDigest, .noSpace, .noInodes, .readOnly, .userNotOurs, .unitNotOurs, .directoryNotOurs,
            .stateNotOurs, .driverChanges:
            true
        default: false
        }
    }
}
