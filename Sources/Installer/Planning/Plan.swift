// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostRecords
package import HostSystem

/// What a deployment will do, as a value: `plan` prints it, the journal keeps it, `install` executes this same value, and
/// recovery undoes or finishes it without the bundle at hand.
package struct Plan: Codable, Equatable, Sendable {
    package enum Verb: String, Codable, Sendable {
        case install
        case rollback
        case reconfigure
    }

    package var verb: Verb
    package var name: ReleaseName
    package var version: Version
    package var digest: Digest
    /// The name below `/opt/NAME/releases`: `VERSION-DIGEST12`.
    package var directory: String
    /// Where the blue-green services of this release will run.
    package var slot: Slot
    /// Numbers the product's slot addresses on this host.
    package var addressIndex: Int
    package var replaces: RunningRelease?
    /// Whether this deployment brings the release directory, and so may take it away again.
    package var createsRelease: Bool
    /// Whether this deployment brings the service user.
    package var createsUser: Bool
    /// In start order.
    package var services: [PlannedService]
    package var jobs: [PlannedJob]
    /// Names of services and of jobs at `start`, in the order in which they start.
    package var order: [String]
    /// Recreate services of the old release that the new one lacks; stopped after the drain.
    package var retired: [RetiredService]
    /// What the state record said before, for the way back.
    package var formerTraffic: [TrafficEntry]
    package var formerRecreate: [String: RecreateRecord]
    package var images: [PlannedImage]
    package var cutover: CutoverSettings
    /// SHA-256 over values and keyed secrets: tells whether a re-install changes anything.
    package var settings: Digest
    /// Old releases that leave the disk at the end.
    package var prunes: [String]
    package var warnings: [PlanWarning]
    /// Secrets that the site provides.
    package var secrets: [PlannedSecret] = []
    /// Values of the site that are not those of what serves; absent in plans of an earlier `bundle`.
    package var settingChanges: [SettingChange]?
    /// What leads clients to the slot that serves; absent in plans of an earlier `bundle`, which knew nftables alone.
    package var driver: TrafficDriver?
    /// What the release's images run under; nil where it has none, and in plans of an earlier `bundle`: podman.
    package var runtime: ContainerRuntime?
    /// Whether that runtime names images by their manifests.
    package var namesManifests: Bool?
    /// Where it ends before the cutover; nil for one that is carried through.
    package var halt: Halt?
    /// How long a rehearsal's load lasts.
    package var rehearsal: TimeSpan?
    /// Whether the floor becomes this version, also when it was higher: the operator's word, with a reason in the audit log.
    package var lowersFloor: Bool?

    package enum Halt: String, Codable, Sendable {
        /// At a healthy idle slot, until `promote` or `abort`.
        case ready
        /// Behind a rehearsal: everything is undone, nothing of it was ever meant to stay.
        case rehearsal
    }

    /// Units of the driver itself.
    package func driverUnits(on layout: HostLayout) -> [String] {
        switch driver {
        case nil, .nftables: return []
        case .haproxy: return [HAProxyUnit.name(name)]
        case .sockets:
            let ports = services.flatMap(\.ports).filter { $0.expose != .slot }.map(\.port)
            return (try? SystemdForwarder.units(ports, on: layout)) ?? []
        }
    }

    /// State directories that the installation itself has to make.
    package var movedState: [HostPath] { services.flatMap(\.movedState).map { HostPath($0) } }

    /// Whether the slot that serves stays as it is: the same release, and only services that run once have changed.
    package var isInPlace: Bool { replaces?.slot == slot }

    /// The steps that this plan takes.
    package var steps: [Step] {
        Step.allCases.filter { step in
            if halt == .rehearsal, step > .rehearse { return false }
            return switch step {
            case .ready: halt == .ready
            case .rehearse: halt == .rehearsal
            case .stage, .unpack: createsRelease
            case .images: !images.isEmpty
            case .idleJobs: !jobs(at: .idle).isEmpty
            case .replace: services.contains { $0.action == .replace }
            case .publicJobs: !jobs(at: .public).isEmpty
            case .lastJobs: !jobs(at: .public, irreversible: true).isEmpty
            case .drain: replaces != nil && !isInPlace
            case .stopOld: replaces != nil
            case .prune: !prunes.isEmpty
            default: true
            }
        }
    }
}

/// What serves now and is replaced.
package struct RunningRelease: Codable, Equatable, Sendable {
    package var version: Version
    package var digest: Digest
    package var directory: String
    package var slot: Slot
    /// Units of the old slot, in stop order.
    package var units: [String]

    package init(version: Version, digest: Digest, directory: String, slot: Slot, units: [String]) {
        self.version = version
        self.digest = digest
        self.directory = directory
        self.slot = slot
        self.units = units
    }
}

/// What happens to one service.
package struct PlannedService: Codable, Equatable, Sendable {
    package enum Action: String, Codable, Sendable {
        /// Started beside the old one, or for the first time.
        case start
        /// A recreate service that changed: replaced while its connections are held.
        case replace
        /// A recreate service that did not change: not touched at all.
        case keep
    }

    package var name: String
    package var action: Action
    package var strategy: Service.Strategy
    package var unit: String
    /// A recreate service's own directory below `/opt/NAME/services/SERVICE`; empty for one in a slot.
    package var place: String
    /// What the service is made of, apart from where it stands; equal fingerprints mean nothing to restart.
    package var fingerprint: Digest
    package var ports: [PlannedPort]
    /// How its health is asked, with commands rendered; recovery bakes with it too.
    package var target: HealthTarget
    package var hold: TimeSpan
    package var drain: TimeSpan
    /// Units of the host that must be active before it.
    package var hostUnits: [String]
    package var stopTimeout: TimeSpan
    package var image: Digest?
    /// State directories that `host.yaml` moves to where systemd makes none; given to the services' user.
    package var movedState: [String]
}

/// Where a service listens and how it is reached.
package struct PlannedPort: Codable, Equatable, Sendable {
    package var name: String
    package var port: Int
    package var expose: Port.Exposure
    /// Where the network is that it is for.
    package var sources: [AddressRange]
    package var bindAny: Bool
    package var endpoints: SlotEndpoints
    /// Whether a proxy reads it as HTTP; nil where the driver reads nothing.
    package var http: Bool?
}

/// A place to listen on: both addresses of a slot with one port.
package struct SlotEndpoints: Codable, Equatable, Sendable {
    package var v4: Endpoint
    package var v6: Endpoint

    package init(v4: Endpoint, v6: Endpoint) {
        self.v4 = v4
        self.v6 = v6
    }
}

package struct RetiredService: Codable, Equatable, Sendable {
    package var name: String
    package var unit: String
    package var stopTimeout: TimeSpan
}

package struct PlannedImage: Codable, Equatable, Sendable {
    package var name: String
    package var image: Image
    /// Whether the host lacks it, so that this deployment brings it and may take it away again.
    package var loads: Bool

    package var id: Digest { image.id }
    package var bytes: Int64 { image.bytes }
}
