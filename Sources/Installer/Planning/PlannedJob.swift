// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// One run of a job in a deployment; a job with two moments has two.
package struct PlannedJob: Codable, Equatable, Sendable {
    package var name: String
    package var moment: Job.Moment
    package var unit: String
    package var once: String?
    package var data: Job.DataChange?
    package var timeout: TimeSpan
    /// The service whose old copy is stopped for it.
    package var like: String?
    /// Units of the host that must be active before it.
    package var hostUnits: [String]
    /// Why it is in the plan and does not run: it ran on this host already.
    package var isDone: Bool

    package var isIrreversible: Bool { data == .irreversible && !isDone }
}

extension Plan {
    /// Those that run at a moment, in order; an irreversible one at `public` runs last, when the release is called good
    /// but for it.
    package func jobs(at moment: Job.Moment, irreversible: Bool = false) -> [PlannedJob] {
        // A rehearsal runs no job: what it does to data would stay.
        if halt == .rehearsal { return [] }
        return jobs.filter {
            !$0.isDone && $0.moment == moment && (moment == .held || $0.isIrreversible == irreversible)
        }
    }

    /// The first job behind which there is only the way forward; nil when this deployment can be undone to its end.
    package var pointOfNoReturn: PlannedJob? {
        jobs(at: .held).first(where: \.isIrreversible) ?? jobs(at: .public, irreversible: true).first
    }
}
