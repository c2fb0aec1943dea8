// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// A release that runs in the idle slot, healthy, and serves nobody until it is promoted (host-state §7).
package struct ReadyRelease: Codable, Equatable, Sendable {
    package var version: Version
    package var digest: Digest
    /// `VERSION-DIGEST12`, below `/opt/NAME/releases`.
    package var directory: String
    package var slot: Slot
    /// Seconds since 1970, by the wall clock.
    package var since: Int64
    /// What was started for it, in start order: units of its slot, and services that run once and are new.
    package var units: [String]
    /// Where each stable port would lead: a preview and a canary lead there now.
    package var traffic: [TrafficEntry]

    package init(
        version: Version, digest: Digest, directory: String, slot: Slot, since: Int64, units: [String],
        traffic: [TrafficEntry]
    ) {
        self.version = version
        self.digest = digest
        self.directory = directory
        self.slot = slot
        self.since = since
        self.units = units
        self.traffic = traffic
    }
}
