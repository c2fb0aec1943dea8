// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Events
package import HostRecords
import HostSystem

/// Ahead of the window: a release is brought, proven and unpacked, and nothing that runs is touched.
extension Installation {
    static let stageVerb = "stage"

    /// - Parameter signers: fingerprints of those whose signatures were believed.
    /// - Returns: what is staged now, and whether it was before.
    /// - Throws: `PreflightProblems`; `StopRequest.Stopped`; what proving and unpacking throw. Nothing is left then.
    package func stage(_ source: BundleSource, signers: [String]) async throws -> (release: StagedRelease, isNew: Bool)
    {
        try StagingSweep(layout: layout).run()
        let staged = StagedReleases(layout: layout)
        let release = StagedRelease(
            version: source.manifest.version, digest: source.digest, directory: source.directory,
            stagedAt: environment.clock.wallSeconds(), bytes: source.manifest.tree.bytes, signers: signers)
        if let held = try staged.list().first(where: { $0.directory == source.directory }) { return (held, false) }
        guard let delivery = source.delivery else { return (release, false) }
        let problems = try await stagingProblems(source)
        guard problems.isEmpty else { throw PreflightProblems(problems: problems) }
        let journal = try begin(Installation.stageVerb, release.version, release.digest)
        do {
            try await bring(delivery, journal)
            try staged.add(release)
            try journal.close(outcome: .done)
        } catch {
            journal.giveUpReserve()
            // Its end could not be written down behind the marker: what failed must not be here all the same.
            try staged.remove(release.directory)
            try FileSystem.removeTree(layout.staging)
            // It may have been put away already, and only that not be safe. Else `recover` closes it, and sweeps.
            _ = try? journal.close(outcome: .undone)
            _ = try? StagingSweep(layout: layout).run()
            throw error
        }
        return (release, true)
    }

    private func bring(_ delivery: any ReleaseDelivery, _ journal: Journal) async throws {
        let events = environment.events
        for (index, step) in [Step.stage, .unpack, .evidence].enumerated() {
            try journal.append(.intent(step.rawValue))
            let began = environment.clock.monotonicMilliseconds()
            events.receive(.stepStarted(id: step.rawValue, title: step.title, index: index, total: 3))
            let progress: @Sendable (Int64, Int64) -> Void = {
                events.receive(.progress(id: step.rawValue, done: $0, total: $1))
            }
            try await environment.stopping.run {
                switch step {
                case .stage: try await delivery.stage(progress: progress)
                case .unpack: try await delivery.unpack(progress: progress)
                default: try delivery.keepEvidence()
                }
            }
            try journal.append(.done(step.rawValue))
            let spent = environment.clock.monotonicMilliseconds() - began
            events.receive(.stepFinished(id: step.rawValue, milliseconds: spent))
        }
    }

    /// What would keep it from being staged, or from ever being installed here. The site's values may come later.
    private func stagingProblems(_ source: BundleSource) async throws -> [PreflightProblem] {
        let staging = source.staging
        var release = PreflightRelease(
            manifest: source.manifest, digest: source.digest, record: try store.load(),
            packBytes: staging.bytes, packs: staging.files, unpacks: true,
            treeFileNames: Set(source.fileNames), tool: tool)
        release.remembered = try store.remembered()
        release.staged = try stagedReleases(besides: source.digest)
        let found = try await PreflightFacts.gather(
            for: release, layout: layout, host: facts, runner: environment.runner)
        return Preflight(release: release, facts: found).problems().filter(\.isOfStaging)
    }

    /// Takes staged releases off the disk.
    /// - Returns: the directories that went.
    package func pruneStaged() throws -> [String] {
        let staged = StagedReleases(layout: layout)
        let gone = try staged.list().map(\.directory)
        for directory in gone { try staged.remove(directory) }
        // Nothing names them any more.
        try StagingSweep(layout: layout).run()
        return gone
    }
}

/// Reasons why nothing was begun, all of them.
package struct PreflightProblems: Error {
    package let problems: [PreflightProblem]
}

extension PreflightProblem {
    fileprivate var isOfStaging: Bool {
        switch self {
        case .wrongArchitecture, .belowFloor, .otherDigest, .noSpace, .noInodes, .readOnly, .directoryNotOurs,
            .bundleTooOld:
            true
        default: false
        }
    }
}
