// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import FoundationEssentials
package import HostRecords
import HostSystem

/// The ways on from a release that waits in the idle slot. The caller holds the lock and has recovered.
extension Installation {
    /// A pause as it was found: what waits, and the deployment that can go on or back.
    package struct Pause {
        package let plan: Plan
        package let ready: ReadyRelease
        let deployment: Deployment
    }

    /// - Returns: nil when nothing waits.
    package func pause() throws -> Pause? {
        guard let record = try store.load(), let ready = record.ready,
            let (journal, lines) = try Journal.resume(layout, clock: environment.clock),
            let plan = try? JSONDecoder().decode(Plan.self, from: Data(lines.header.plan.utf8)),
            plan.isWaiting(as: ready, journal: lines)
        else { return nil }
        let deployment = Deployment(
            plan: plan, rendered: try Deployment.rendered(keptIn: layout), delivery: nil, environment: environment,
            store: store, journal: journal, begun: Set(lines.begun.compactMap(Step.init(rawValue:))),
            ended: Set(lines.done.compactMap(Step.init(rawValue:))), jobsBegun: plan.units(of: lines.jobs))
        return Pause(plan: plan, ready: ready, deployment: deployment)
    }

    /// Who did what to it meanwhile, for the history: its journal has begun long ago, in somebody else's name.
    package func note(_ words: String, in pause: Pause) throws { try pause.deployment.journal.append(.note(words)) }

    /// - Throws: `DeploymentFailure`.
    package func promote(_ pause: Pause) async throws { try await pause.deployment.promote() }

    /// - Throws: `DeploymentFailure`.
    package func takeAway(_ pause: Pause) async throws { try await pause.deployment.takeAway() }
}
