// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// What this host is meant to be, for one product. Traffic rules, `current` and the running slot are projections of it
/// (host-state §2).
package struct StateRecord: Codable, Equatable, Sendable {
    package var name: ReleaseName
    /// How often it was committed; `StateStore` counts.
    package internal(set) var generation: Int
    /// This product's number k among those of the host: its addresses are 169.254.77.(4k+1…3).
    package var addressIndex: Int
    /// What serves; nil before the first installation.
    package var active: ActiveRelease?
    /// What served before, in the other slot, while its units may still run: until the active one is called good.
    package var previous: ActiveRelease?
    /// What waits in the idle slot to be promoted; nil when nothing does.
    package var ready: ReadyRelease?
    /// The releases on disk.
    package var releases: [ReleaseRecord]
    /// Services that run once, by name.
    package var recreate: [String: RecreateRecord]
    /// What leads clients to `traffic`; nil: nftables, as in all records of an earlier `bundle`.
    package var driver: TrafficDriver?
    /// Container runtimes that may hold images of the product; nil: podman, as in all records of an earlier `bundle`.
    package var runtimes: [ContainerRuntime]?
    /// Where each stable port leads.
    package var traffic: [TrafficEntry]
    /// The newest version ever called good: an older one that was never here is refused.
    package var floor: Version?
    /// Every release that was ever called good here, pruned or not; going back to one is allowed, and the same version
    /// with another digest is not. `StateStore` adds to it.
    package internal(set) var known: [KnownRelease]
    /// Whether the service user is ours, so that `remove` may take it away.
    package var createdUser: Bool

    package init(name: ReleaseName, addressIndex: Int) {
        self.name = name
        generation = 0
        self.addressIndex = addressIndex
        releases = []
        recreate = [:]
        traffic = []
        known = []
        createdUser = false
    }

    /// Remembers for ever what was called good.
    mutating func rememberReleases() {
        for release in releases where release.state == .good {
            let entry = KnownRelease(version: release.version, digest: release.digest)
            if !known.contains(entry) { known.append(entry) }
        }
        known.sort { ($0.version, $0.digest) < ($1.version, $1.digest) }
    }
}

/// The release that serves, or served until now.
package struct ActiveRelease: Codable, Equatable, Sendable {
    package enum Phase: String, Codable, Sendable {
        /// Watched: a crash now starts the watch again, and a fault flips back.
        case baking
        case good
    }

    package var version: Version
    package var digest: Digest
    /// `VERSION-DIGEST12`, below `/opt/NAME/releases`.
    package var directory: String
    package var slot: Slot
    /// Seconds since 1970, by the wall clock at the cutover.
    package var since: Int64
    package var phase: Phase
    /// Of values and keyed secrets.
    package var settings: Digest
    /// Units of its slot, in start order.
    package var units: [String]
    /// What each blue-green service is made of, as it stands in this slot; absent in records of an earlier `bundle`.
    package var fingerprints: [String: Digest]?
    /// What its images run under; nil where it has none, and in records of an earlier `bundle`, which knew podman alone.
    package var runtime: ContainerRuntime?

    package init(
        version: Version, digest: Digest, directory: String, slot: Slot, since: Int64, phase: Phase, settings: Digest,
        units: [String], fingerprints: [String: Digest]? = nil, runtime: ContainerRuntime? = nil
    ) {
        self.version = version
        self.digest = digest
        self.directory = directory
        self.slot = slot
        self.since = since
        self.phase = phase
        self.settings = settings
        self.units = units
        self.fingerprints = fingerprints
        self.runtime = runtime
    }
}

/// A release on disk.
package struct ReleaseRecord: Codable, Equatable, Sendable {
    package enum State: Codable, Equatable, Sendable {
        case good
        /// It was deployed and taken back; `at` is in seconds since 1970.
        case bad(reason: String, at: Int64)
    }

    package var version: Version
    package var digest: Digest
    package var directory: String
    /// Seconds since 1970.
    package var installedAt: Int64
    /// Of values and keyed secrets.
    package var settings: Digest
    /// Key ids of those whose signatures were believed.
    package var signers: [String]
    package var state: State
    /// What its images were installed under; nil as in `ActiveRelease`.
    package var runtime: ContainerRuntime?

    package init(
        version: Version, digest: Digest, directory: String, installedAt: Int64, settings: Digest,
        signers: [String] = [], state: State = .good, runtime: ContainerRuntime? = nil
    ) {
        self.version = version
        self.digest = digest
        self.directory = directory
        self.installedAt = installedAt
        self.settings = settings
        self.signers = signers
        self.state = state
        self.runtime = runtime
    }
}

/// A release that was called good on this host once.
package struct KnownRelease: Codable, Equatable, Sendable {
    package var version: Version
    package var digest: Digest

    package init(version: Version, digest: Digest) {
        self.version = version
        self.digest = digest
    }
}
