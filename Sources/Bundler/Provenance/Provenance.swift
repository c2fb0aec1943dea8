// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

/// When and from what a release was made (design §3): SOURCE_DATE_EPOCH, else the commit's time, else nothing.
struct Provenance: Equatable {
    let created: String?
    let revision: SourceRevision?

    static func find(_ request: CreateRequest, runner: any CommandRunner) async throws -> Provenance {
        let git = try await GitRevision.of(
            try FileSystem.resolve(request.sourceDirectory), home: request.home, runner: runner)
        guard let given = request.sourceDate, !given.isEmpty else {
            return Provenance(created: git?.committed.flatMap(CreationTime.text), revision: git?.revision)
        }
        // https://reproducible-builds.org/specs/source-date-epoch/: a malformed value is an error, never ignored.
        guard let seconds = Grammar.decimal(given.utf8), let created = CreationTime.text(seconds) else {
            throw BundlerError.badSourceDate(given)
        }
        return Provenance(created: created, revision: git?.revision)
    }
}
