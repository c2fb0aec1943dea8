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
        // Once the old slot drains, the bake was passed: there is only the way forward.
        if phase == .baking, !begun.contains(.drain) {
            try await rollingBack(at: .bake) {
                try await self.project()
                for service in self.plan.services {
                    try await self.checkHealth(of: service, within: self.plan.cutover.healthTimeout, fresh: false)
                }
                if !self.ended.contains(.publicJobs) { try await self.runJobs(at: .public) }
                try await self.bake()
            }
            // Not inside: from here on a failure does not flip back.
            try await rollingBack(at: .lastJobs) { try await self.runJobs(at: .public, irreversible: true) }
            try await drain()
        } else {
            try await project()
        }
        if !booting { try await stopOld() }
        try await callGood()
        try await prune()
        try journal.close(outcome: .done)
        return true
    }
}
