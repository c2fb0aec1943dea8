// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostRecords
package import HostSystem

/// What is to be deployed, as far as preflight needs it.
package struct PreflightRelease: Equatable, Sendable {
    package var manifest: Manifest
    package var digest: Digest
    /// What is installed; nil before the first installation.
    package var record: StateRecord?
    /// Whether it goes back to a release that is installed: versions are not compared then.
    package var isRollback: Bool
    /// Stable ports (`host` and `public`) as the site may have moved them: `SERVICE.PORT` → number.
    package var ports: [String: Int]
    /// Stored bytes of the packs to stage; 0 when the host holds the release.
    package var packBytes: Int64
    package var packs: Int
    /// Whether the tree has to be unpacked.
    package var unpacks: Bool
    /// Names of the images that the host lacks.
    package var imagesToLoad: Set<String>
    /// Base names of files in the tree: a library that comes along is not missing.
    package var treeFileNames: Set<String>
    /// Names of the units that will be written.
    package var units: [String]
    /// The version of this `bundle`.
    package var tool: Version
    package var memory = MemoryNeed()
    /// The site lets limits add up to more memory than there is.
    package var overcommit = false
    /// State directories that systemd does not make.
    package var movedState: [HostPath] = []
    /// What was remembered of the product when it was removed; nil while it is installed.
    package var remembered: StateRecord?
    /// Other releases that lie staged here.
    package var staged: [KnownRelease] = []
    /// The operator lets in what is older than the floor.
    package var lowersFloor = false
    /// A newer release's job after which this release cannot use the data.
    package var dataMovedOn: JobEntry?
    /// What the site chose to lead clients by.
    package var driver = TrafficDriver.nftables
    /// What runs its images; nil where it has none, or where it is not to run yet.
    package var runtime: RuntimeReport?
    /// Whether `host.yaml` names that runtime.
    package var isRuntimeWanted = false
    /// What the planner noticed.
    package var warnings: [PlanWarning] = []

    /// Public ports, each behind it a place of the product where nothing listens: what a firewall would do to clients.
    package var publicPorts: [OutsidePort] = []

    package init(
        manifest: Manifest, digest: Digest, record: StateRecord?, isRollback: Bool = false, ports: [String: Int] = [:],
        packBytes: Int64 = 0, packs: Int = 0, unpacks: Bool = true, imagesToLoad: Set<String> = [],
        treeFileNames: Set<String> = [], units: [String] = [], tool: Version
    ) {
        self.manifest = manifest
        self.digest = digest
        self.record = record
        self.isRollback = isRollback
        self.ports = ports
        self.packBytes = packBytes
        self.packs = packs
        self.unpacks = unpacks
        self.imagesToLoad = imagesToLoad
        self.treeFileNames = treeFileNames
        self.units = units
        self.tool = tool
    }
}
