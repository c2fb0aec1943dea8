// SPDX-License-Identifier: Apache-2.0
import HostRecords

/// What the journal of a `prune` says: the releases that go (host-state §5.6).
struct PruneOrder: Codable, Equatable, Sendable {
    static let verb = "prune"

    /// Below `releases/`.
    var directories: [String]

    /// Whether the record has forgotten them: from there on recovery takes away what is left; before, nothing has happened.
    func isCommitted(_ record: StateRecord) -> Bool { !record.releases.contains { directories.contains($0.directory) } }
}
