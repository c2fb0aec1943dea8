// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostRecords
package import HostSystem

/// What preflight knows about the host. Gathered by `gather`, made up by tests.
package struct PreflightFacts: Equatable, Sendable {
    package var host: HostFacts
    /// nil when it does not answer.
    package var systemd: Int?
    package var nft: [Int]?
    /// nil when it is not here; asked only where the site chose it.
    package var haproxy: [Int]?
    /// Of the programs that were asked for, those that are there.
    package var commands: Set<String>
    /// Of the units that were asked for, those that are active.
    package var activeUnits: Set<String>
    /// Sockets that listen on a port of the release, with who holds them.
    package var listeners: [PreflightListener]
    /// Ports of the other products of this host.
    package var otherPorts: [Int: ReleaseName]
    package var volumes: [PreflightVolume]
    package var libraries: HostLibraries
    /// The service user, units and directories that are there, whoever made them.
    package var user: Account?
    /// Everybody's names by number.
    package var users: [UInt32: String]
    package var groups: [UInt32: String]
    /// Whether systemd keeps its units in the unified hierarchy of control groups, or beside the old ones.
    package var hasUnifiedControlGroups: Bool
    package var isUserOurs: Bool
    /// Unit files that are there and do not say that we wrote them.
    package var foreignUnits: [HostPath]
    /// Directories of the product that are there, empty ones left out.
    package var directories: [HostPath]
    /// Whether this product was here before, as kept evidence or history says.
    package var wasHere: Bool
    /// By ID; nil where there is none.
    package var secrets: [String: FileStatus]
    /// Bytes that can be had without swapping; nil when /proc does not say.
    package var availableMemory: Int64?
    /// State directories outside of `/var/lib`, as `host.yaml` names them.
    package var movedState: [MovedDirectory]
    /// Secrets that hold a NUL, of those that a service wants as a variable.
    package var binarySecrets: Set<String> = []
    /// What was found out about the certificates that the site provides.
    package var certificates: [CertificateReport] = []
    /// What the clock says; nil without certificates to judge by it.
    package var time: BelievableTime?
    /// How public ports answer from outside; nil when this host cannot be looked at so.
    package var outside: OutsideReport? = OutsideReport()
    /// Ports of the release that rules of others rewrite, with the rule.
    package var rewrites: [Int: String] = [:]
    package var layout: HostLayout

    package init(layout: HostLayout, host: HostFacts) {
        self.layout = layout
        self.host = host
        commands = []
        activeUnits = []
        listeners = []
        otherPorts = [:]
        volumes = []
        libraries = HostLibraries()
        users = [:]
        groups = [:]
        hasUnifiedControlGroups = false
        isUserOurs = false
        foreignUnits = []
        directories = []
        wasHere = false
        secrets = [:]
        movedState = []
    }
}

/// Somebody who listens on a port that the release wants.
package struct PreflightListener: Equatable, Sendable {
    package var endpoint: SocketEndpoint
    package var owner: SocketOwner?

    package init(endpoint: SocketEndpoint, owner: SocketOwner? = nil) {
        self.endpoint = endpoint
        self.owner = owner
    }
}

/// A use of disk: which path, and what room its file system has.
package struct PreflightVolume: Equatable, Sendable {
    package enum Use: Equatable, Sendable, CaseIterable {
        /// The packs on their way in; they stay as the host's store.
        case staging
        /// The unpacked tree.
        case releases
        /// Units and small documents.
        case units
        case evidence
        /// Where the runtime keeps the layers that it pulls until they are unpacked, or for good.
        case imageSpool
        case images
    }

    package var use: Use
    package var path: HostPath
    package var volume: Volume

    package init(use: Use, path: HostPath, volume: Volume) {
        self.use = use
        self.path = path
        self.volume = volume
    }
}
