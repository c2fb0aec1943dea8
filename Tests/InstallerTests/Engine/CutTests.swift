// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Testing

@testable import EngineFakes
@testable import Installer

/// The machine dies between any two acts of an operation; recovery brings back the old release or the new one, whole
/// (host-state §5). Enumerated: each journal line, each call into the host.
@Suite struct CutTests {
    @Test(arguments: EngineScenario.allCases)
    func aRunThatIsKilledIsOldOrNew(scenario: EngineScenario) async throws {
        let trial = try await EngineTrial(scenario)
        #expect(trial.moments.count > 20)
        for (index, moment) in trial.moments.enumerated() {
            try trial.host.restore(moment)
            try await recover(trial, "cut \(index) of \(trial.moments.count)")
        }
    }

    @Test(arguments: EngineScenario.allCases)
    func aPowerCutIsOldOrNewAfterTheBoot(scenario: EngineScenario) async throws {
        let trial = try await EngineTrial(scenario)
        for (index, moment) in trial.moments.enumerated() {
            try trial.host.restore(moment)
            trial.host.reboot()
            try await boot(trial, "power cut \(index) of \(trial.moments.count)")
        }
    }

    @Test(arguments: EngineScenario.allCases)
    func recoveryThatIsKilledIsRecovered(scenario: EngineScenario) async throws {
        let trial = try await EngineTrial(scenario)
        for (index, moment) in trial.momentsToDieTwice {
            try trial.host.restore(moment)
            let again = try await trial.host.moments { _ = try await trial.host.installation().recover() }
            for (second, moment) in again.enumerated() {
                try trial.host.restore(moment)
                try await recover(trial, "cut \(index), then \(second) of \(again.count)")
            }
        }
    }

    @Test(arguments: EngineScenario.allCases)
    func aBootThatIsCutIsBootedAgain(scenario: EngineScenario) async throws {
        let trial = try await EngineTrial(scenario)
        for (index, moment) in trial.momentsToDieTwice {
            try trial.host.restore(moment)
            trial.host.reboot()
            let again = try await trial.host.moments {
                _ = try await trial.host.installation().recover(booting: true)
            }
            for (second, moment) in again.enumerated() {
                try trial.host.restore(moment)
                trial.host.reboot()
                try await boot(trial, "power cut \(index), then \(second) of \(again.count)")
            }
        }
    }

    private func recover(_ trial: EngineTrial, _ note: String) async throws {
        let side = try trial.side()
        let outcome = try await trial.host.installation().recover()
        try await judge(trial, side, outcome, rebooted: false, note)
    }

    private func boot(_ trial: EngineTrial, _ note: String) async throws {
        let side = try trial.side()
        let outcome = try await trial.host.installation().recover(booting: true)
        try trial.host.services.startQueued()
        if case .postponed = outcome { _ = try await trial.host.installation().recover() }
        try await judge(trial, side, outcome, rebooted: true, note)
    }

    private func judge(
        _ trial: EngineTrial, _ side: EngineTrial.Side, _ outcome: Recoverer.Outcome, rebooted: Bool, _ note: String
    ) async throws {
        guard try trial.side() == .waiting else {
            // A pause whose promotion or abortion had begun is undone; everything else stays on its side.
            return try trial.expect(side == .waiting ? .old : side, rebooted: rebooted, note)
        }
        // It waits: everything that it needs runs, and what served serves. Taking it away must still work.
        if case .ready = outcome {} else { Issue.record("\(note): waits, but recovery said \(outcome)") }
        let ready = try #require(try trial.host.installation().store.load()?.ready)
        for unit in ready.units { #expect(trial.host.services.moment.running[unit] != nil, "\(note): \(unit)") }
        let pause = try #require(try trial.host.installation().pause())
        try await trial.host.installation().takeAway(pause)
        try trial.expect(.old, rebooted: rebooted, note)
    }
}
