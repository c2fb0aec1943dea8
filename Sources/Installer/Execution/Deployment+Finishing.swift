// SPDX-License-Identifier: Apache-2.0
import Events
import HostRecords

/// The way on from the commit point, for recovery.
extension Deployment {
    /// Takes the steps behind the commit again. A bake that was cut short starts again; at boot nothing is up yet to be
    /// watched, so the release is called good and a warning says so.
    func finish(after phase: ActiveRelease.Phase) async throws {
        try await rollingBack(at: .project) { try await self.project() }
        if phase == .baking {
            if booting {
                environment.events.receive(.warning("a reboot cut the bake short; the new release was kept"))
            } else {
                try await rollingBack(at: .bake) { try await self.bake() }
                try await drain()
            }
        }
        if !booting { try await stopOld() }
        try callGood()
        try prune()
        try journal.close(outcome: .done)
    }
}
