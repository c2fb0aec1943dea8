// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

/// Where the sources stand in git, asked of git itself.
struct GitRevision: Equatable {
    let revision: SourceRevision
    /// Seconds since 1970 of the commit.
    let committed: Int64?

    /// - Parameter home: so that git finds the user's configuration, which says whose repositories it may read.
    /// - Returns: nil outside a repository, without git, or where git will not say.
    static func of(_ directory: HostPath, home: String?, runner: any CommandRunner) async throws -> GitRevision? {
        guard let commit = try await ask(["rev-parse", "--verify", "HEAD"], directory, home, runner),
            [40, 64].contains(commit.utf8.count), Hexadecimal.decode(commit.utf8) != nil
        else { return nil }
        // Bundles lie where they were made: the one of the last run must not make the next one's tree dirty.
        let changes = try await ask(
            [
                "status", "--porcelain", "--", ":(top)", ":(top,exclude,glob)**/*.bundle",
                ":(top,exclude,glob)**/\(FileSystem.temporaryPrefix)*/**",
            ], directory, home, runner)
        let time = try await ask(["log", "-1", "--format=%ct"], directory, home, runner)
        return GitRevision(
            revision: SourceRevision(commit: commit, dirty: changes != ""), committed: time.flatMap { Int64($0) })
    }

    private static func ask(
        _ arguments: [String], _ directory: HostPath, _ home: String?, _ runner: any CommandRunner
    ) async throws -> String? {
        // A repository's own configuration may name programs to run; fsmonitor is the one that `status` would start.
        let fixed = ["git", "-C", directory.text, "--no-optional-locks", "-c", "core.fsmonitor=false"]
        let environment = home.map { ["HOME": $0] } ?? [:]
        do {
            let result = try await runner.run(Command(fixed + arguments, environment: environment))
            guard result.status == 0 else { return nil }
            return String(result.outputText.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
        } catch CommandError.notFound {
            return nil
        }
    }
}
