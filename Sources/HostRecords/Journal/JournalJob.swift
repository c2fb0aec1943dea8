// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// A job's run, as the journal and the history keep it.
package struct JournalJob: Codable, Equatable, Sendable {
    package var name: String
    package var moment: Job.Moment
    package var outcome: JobEntry.Outcome
    /// nil for one that has only begun.
    package var milliseconds: Int64?
    /// Its last lines, oldest first.
    package var output: [String]

    package init(
        name: String, moment: Job.Moment, outcome: JobEntry.Outcome, milliseconds: Int64? = nil, output: [String] = []
    ) {
        self.name = name
        self.moment = moment
        self.outcome = outcome
        self.milliseconds = milliseconds
        self.output = output
    }
}
