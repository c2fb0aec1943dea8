// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords

/// The way on from the commit point, for recovery.
extension Deployment {
    /// Takes the steps behind the commit again. A bake that was cut short starts again, once every service is healthy.
    /// - Returns: false at boot while the release still bakes: nothing is up yet to be watched, and nothing may be waited
    ///   for; the journal stays open for a recovery after the boot.
    func finish(after phase: ActiveRelease.Phase) async throws -> Bool {
        if booting, phase == .baking { return false }
        try await rollingBack(at: .project) { try await self.project() }
        if phase == .baking {
            try await rollingBack(at: .bake) {
                for service in self.plan.services {
                    try await self.checkHealth(of: service, within: self.plan.cutover.healthTimeout, fresh: false)
                }
                try await self.bake()
            }
            try await drain()
        }
        if !booting { try await stopOld() }
        try callGood()
        try prune()
        try journal.close(outcome: .done)
        return true
    }
}
