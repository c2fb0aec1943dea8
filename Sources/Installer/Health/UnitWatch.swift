// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// One unit over time: whether it has failed, ended, or been started again behind our back.
struct UnitWatch {
    private let unit: String
    /// Restarts that are not this watch's; nil until the first look.
    private var restarts: Int?
    private var invocation: String?
    private var firstSeen: Int64?

    init(_ target: HealthTarget, restarts: Int?) {
        unit = target.unit
        self.restarts = restarts
    }

    /// What is wrong with the unit now.
    mutating func fault(in state: UnitState, now: Int64) -> HealthFailure.Reason? {
        if state.isActive, firstSeen == nil { firstSeen = now }
        if state.isFailed { return .unitFailed }
        let before = restarts ?? state.restarts
        restarts = before
        if state.restarts > before || state.sub == "auto-restart" {
            return .unitRestarted(times: max(1, state.restarts - before))
        }
        if let invocation, !state.invocation.isEmpty, invocation != state.invocation { return .unitRestarted(times: 1) }
        if !state.invocation.isEmpty { invocation = state.invocation }
        switch state.active {
        case "inactive", "deactivating": return .unitStopped
        default: return nil
        }
    }

    /// systemd keeps the time of activation by CLOCK_MONOTONIC; ours may count sleep too, so a span is only ever taken
    /// from what we saw ourselves.
    func isAlive(for duration: TimeSpan, now: Int64, state: UnitState) -> Bool {
        guard state.isActive, let firstSeen else { return false }
        return now - firstSeen >= Int64(duration.milliseconds)
    }
}
