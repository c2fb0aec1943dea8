// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Synchronization
import Testing

@testable import EngineFakes
@testable import HostRecords
@testable import Installer

/// Something fails in an operation, at each place where something can: the old release is back exactly, or the new one
/// stands, and what is said of it is true.
@Suite struct FailureTests {
    /// Every step of every plan, in turn, before and after its work.
    @Test(arguments: EngineScenario.allCases)
    func aStepThatFailsIsUndone(scenario: EngineScenario) async throws {
        let trial = try await EngineTrial(scenario)
        for step in trial.plan.steps {
            for checkpoint in [InstallerEnvironment.Checkpoint.begins(step), .ends(step)] {
                // What was aborted is behind its pause: no step of it is taken any more.
                if scenario.takesBack, step > .ready { continue }
                try trial.host.restore(trial.begin)
                let failure = await #expect(throws: DeploymentFailure.self, "\(checkpoint)") {
                    try await trial.run { if $0 == checkpoint { throw Tripwire.Broken() } }
                }
                try await judge(trial, failure, "\(checkpoint)")
            }
        }
    }

    /// Every call into the host fails once.
    @Test(arguments: EngineScenario.allCases)
    func aCallThatFailsOnceIsUndoneOrDoesNotMatter(scenario: EngineScenario) async throws {
        let trial = try await EngineTrial(scenario)
        var index = 0
        while let (call, error) = try await broken(trial, at: index, forGood: false) {
            try await judge(trial, error, "call \(index), \(call)")
            index += 1
        }
        #expect(index > 20)
    }

    /// From some call on the host does nothing any more; then it is mended and recovers.
    @Test(arguments: EngineScenario.allCases)
    func aHostThatFailsForGoodRecoversWhenItIsMended(scenario: EngineScenario) async throws {
        let trial = try await EngineTrial(scenario)
        var index = 0
        while let (call, _) = try await broken(trial, at: index, forGood: true) {
            let side = try trial.side()
            _ = try await trial.host.installation().recover()
            if try trial.side() == .waiting {
                let pause = try #require(try trial.host.installation().pause())
                try await trial.host.installation().takeAway(pause)
            }
            try trial.expect(side == .new ? .new : .old, "from call \(index) on, \(call)")
            index += 1
        }
    }

    /// Runs from the beginning, with one call or all from one on failing.
    /// - Returns: nil when there is no such call any more.
    private func broken(_ trial: EngineTrial, at index: Int, forGood: Bool) async throws -> (String, (any Error)?)? {
        try trial.host.restore(trial.begin)
        let calls = Mutex<(count: Int, hit: String?)>((0, nil))
        trial.host.wire.watch { moment in
            guard case .fallible(let call) = moment else { return }
            let fails = calls.withLock { state in
                defer { state.count += 1 }
                guard state.count == index || forGood && state.count > index else { return false }
                state.hit = state.hit ?? call
                return true
            }
            if fails { throw Tripwire.Broken() }
        }
        defer { trial.host.wire.watch(nil) }
        var failure: (any Error)?
        do { try await trial.run() } catch { failure = error }
        trial.host.wire.watch(nil)
        return calls.withLock { $0.hit }.map { ($0, failure) }
    }

    private func judge(_ trial: EngineTrial, _ error: (any Error)?, _ note: String) async throws {
        let installation = trial.host.installation()
        switch error {
        case nil: try trial.expect(trial.scenario.takesBack ? .old : .new, note)
        case .some(DeploymentFailure.undone), .some(DeploymentFailure.rolledBack):
            #expect(try trial.lastOutcome() == .undone, "\(note)")
            try trial.expect(.old, note)
        case .some(DeploymentFailure.stillWaits):
            let pause = try #require(try installation.pause(), "\(note)")
            if trial.scenario.takesBack {
                try await installation.takeAway(pause)
            } else {
                try await installation.promote(pause)
            }
            try trial.expect(trial.scenario.takesBack ? .old : .new, note)
        case .some(DeploymentFailure.onlyForward):
            #expect(try trial.side() == .new, "\(note)")
            _ = try await installation.recover()
            try trial.expect(.new, note)
        case .some(DeploymentFailure.unfinished), .some(DeploymentFailure.stuck):
            let side = try trial.side()
            _ = try await installation.recover()
            try trial.expect(side, note)
        default: Issue.record("\(note): \(String(describing: error))")
        }
    }
}
