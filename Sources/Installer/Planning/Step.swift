// SPDX-License-Identifier: Apache-2.0

/// The steps of a deployment, in the order in which they run (design section 8, host-state §5).
///
/// Every step is idempotent and, up to `commit`, has an undo. `commit` is one rename of the state record: before it
/// recovery undoes, after it recovery finishes or flips back.
package enum Step: String, Codable, Sendable, CaseIterable, Comparable {
    /// The tool at its place and the boot unit enabled; never undone.
    case tool
    /// Packs copied from the medium and proven, in one read.
    case stage
    /// The immutable release directory.
    case unpack
    /// What an auditor needs, kept for ever.
    case evidence
    /// Images loaded into the container runtime.
    case images
    /// The service user and the directories of data.
    case account
    /// The slots' addresses on the loopback interface.
    case addresses
    /// Config files of the idle slot and of new recreate services.
    case render
    /// Each config's own check program.
    case check
    /// Unit files; systemd reloaded.
    case units
    /// The idle slot's services, in dependency order, each until it is healthy.
    case start
    /// Jobs that look at the idle slot before any client does.
    case idleJobs = "idle-jobs"
    /// The record says that the idle slot waits for `promote`; only where a pause was asked for.
    case ready
    /// The cutover is proven on a private port and everything is taken away again; only in a rehearsal.
    case rehearse
    /// Recreate services that changed: connections held, old stopped, new started and checked.
    case replace
    /// The state record names the new release: the one commit point.
    case commit
    /// Traffic and `current` follow the record; held connections are let go.
    case project
    /// Jobs that come through the public ports; a failure flips back.
    case publicJobs = "public-jobs"
    /// The new release is watched before it is called good.
    case bake
    /// Jobs that change data for good; behind them there is no way back.
    case lastJobs = "last-jobs"
    /// Open connections to the old slot finish, or are cut at the deadline and counted.
    case drain
    /// The old slot and retired services stop.
    case stopOld = "stop-old"
    /// The record calls the release good.
    case good
    /// Releases beyond those kept leave the disk.
    case prune

    package static func < (left: Step, right: Step) -> Bool { left.position < right.position }

    private var position: Int { Step.allCases.firstIndex(of: self) ?? 0 }

    package var isBeforeCommit: Bool { self < .commit }

    /// For people, present tense.
    package var title: String {
        switch self {
        case .tool: "put the tool in its place"
        case .stage: "prove and copy the packs"
        case .unpack: "unpack the release"
        case .evidence: "keep the evidence"
        case .images: "load images"
        case .account: "create the user and the data directories"
        case .addresses: "give the slots their addresses"
        case .render: "render the configuration"
        case .check: "check the configuration"
        case .units: "write the units"
        case .start: "start the idle slot"
        case .idleJobs: "run jobs on the idle slot"
        case .ready: "wait to be promoted"
        case .rehearse: "rehearse the cutover"
        case .replace: "replace services that run once"
        case .commit: "commit"
        case .project: "switch traffic"
        case .publicJobs: "run jobs through the public ports"
        case .bake: "watch the new release"
        case .lastJobs: "run jobs that change data for good"
        case .drain: "drain the old slot"
        case .stopOld: "stop the old slot"
        case .good: "call it good"
        case .prune: "remove old releases"
        }
    }
}
