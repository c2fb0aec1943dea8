// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// Which jobs ever ran on this host (host-state §8): a chained file that only grows. It follows the data, not the
/// releases: an undone deployment leaves it as it is, because what a job did to data stays done.
package struct JobLedger: Sendable {
    private let path: HostPath
    private let clock: any HostClock

    package init(layout: HostLayout, clock: any HostClock) {
        path = layout.jobs
        self.clock = clock
    }

    package func entries() throws -> [JobEntry] {
        guard try FileSystem.exists(path) else { return [] }
        return try ChainedFile.read(path).documents.enumerated().map { index, document in
            guard let entry = RecordCoding.decode(JobEntry.self, document) else {
                throw RecordError.chainBroken(path: path, line: index + 1)
            }
            return entry
        }
    }

    /// On the disk when it returns.
    package func append(_ entry: JobEntry) throws {
        var entry = entry
        entry.at = clock.wallSeconds()
        try FileSystem.createDirectories(path.parent)
        try ChainedFile.open(path, permissions: 0o600).append(entry)
    }
}

/// One line of the ledger.
package struct JobEntry: Codable, Equatable, Sendable {
    package enum Outcome: String, Codable, Sendable {
        /// It is about to run: whatever follows, its data may be changed.
        case begun
        case done
        case failed
    }

    /// Seconds since 1970, by the wall clock; the ledger sets it.
    package internal(set) var at: Int64 = 0
    package var job: String
    package var moment: Job.Moment
    package var outcome: Outcome
    package var once: String?
    package var data: Job.DataChange?
    package var version: Version
    package var digest: Digest
    /// How long it ran; nil for `begun`.
    package var milliseconds: Int64?

    package init(
        job: String, moment: Job.Moment, outcome: Outcome, once: String?, data: Job.DataChange?, version: Version,
        digest: Digest, milliseconds: Int64? = nil
    ) {
        self.job = job
        self.moment = moment
        self.outcome = outcome
        self.once = once
        self.data = data
        self.version = version
        self.digest = digest
        self.milliseconds = milliseconds
    }
}

extension [JobEntry] {
    /// Whether a job with this `once` ran to its good end, in whatever release.
    package func isDone(_ job: String, once: String) -> Bool {
        contains { $0.job == job && $0.once == once && $0.outcome == .done }
    }

    /// The newest irreversible job that began under a release newer than this one, whose data it therefore cannot use.
    package func closesTheWay(backTo version: Version) -> JobEntry? {
        last { $0.data == .irreversible && version < $0.version }
    }
}
