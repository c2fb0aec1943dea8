// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// What a rehearsal measured; the JSON record below `/var/lib/bundle/NAME/rehearsals/` is this value.
package struct RehearsalFigures: Codable, Equatable, Sendable {
    package var format = "bundle-rehearsal/1"
    package var name: ReleaseName
    package var version: Version
    package var digest: Digest
    /// What serves, and went on serving.
    package var serving: Version
    /// Seconds since 1970.
    package var started: Int64
    /// How long the load lasted.
    package var milliseconds: Int64
    package var flips: Int
    /// The longest that one flip took, and the middle one.
    package var longestFlip: Int64
    package var medianFlip: Int64
    package var connections: Int
    /// Connections that failed, by how; empty when none did.
    package var failed: [String: Int]
    /// The longest that one connection took until its answer began, in milliseconds.
    package var longestStall: Int64
    /// From the last flip until the slot that was left had no open connection of the load any more, in milliseconds; nil
    /// when some were left.
    package var drain: Int64?
    /// `SERVICE.PORT` of those that were under load.
    package var ports: [String]

    package var failures: Int { failed.values.reduce(0, +) }
    package var passed: Bool { failures == 0 && connections > 0 && flips > 1 && drain != nil }
}
