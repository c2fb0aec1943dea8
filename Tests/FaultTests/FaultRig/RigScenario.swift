// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem

@testable import EngineFakes
@testable import HostRecords
@testable import Installer

/// One verb on a host that stands somewhere: what is done while faults strike, and between which two standings the host must
/// then be.
enum RigScenario: String, CaseIterable {
    /// A first installation.
    case install
    /// Services of every kind: blue-green, kept, replaced, added, retired; a release to prune.
    case upgrade
    case rollback, reconfigure, prune, remove, stage
    /// An upgrade by a bundle that has only what the host lacks; and pruning the release that had the rest.
    case upgradeDelta = "upgrade-delta"
    case pruneBase = "prune-base"
    /// The second one: what the first put aside holds a document that the site has no longer.
    case reconfigureAgain = "reconfigure-again"
    /// What `recover` does behind an upgrade that died right before, and right behind, its commit.
    case recoverBack = "recover-back"
    case recoverOn = "recover-on"

    static let next = "3.0.0"
    private static let versions = ["0.8.0", "0.9.0", "1.0.0", "2.0.0", next]
    private static let delta = "2.0.0" + RigBundles.delta

    private var installed: [String] {
        switch self {
        case .install: []
        case .rollback: ["1.0.0", "2.0.0"]
        case .reconfigure, .reconfigureAgain, .stage, .upgradeDelta: ["1.0.0"]
        case .pruneBase: ["0.9.0", "1.0.0", RigScenario.delta]
        case .prune: ["0.8.0", "0.9.0", "1.0.0"]
        case .upgrade, .remove, .recoverBack, .recoverOn: ["0.9.0", "1.0.0"]
        }
    }

    /// Brings a fresh host to `start`, and keeps what may come of it: `old` and `new`, and what the next installation makes of
    /// each.
    func prepare(_ place: HostPath) async throws {
        let host = try RigHost.create(place)
        try host.bundles.make(RigScenario.versions, deltas: ["2.0.0"])
        let layout = host.engine.layout
        if self == .prune || self == .pruneBase { try FileSystem.write(Array("keep: 3\n".utf8), to: layout.siteHost) }
        for version in installed { try await RigVerb(host).install(version) }
        if self == .remove { try FileSystem.write(Array("rows".utf8), to: layout.data / "table") }
        if self == .reconfigureAgain {
            for document in ["keep: 4\n", nil] {
                try FileSystem.remove(layout.siteHost)
                if let document { try FileSystem.write(Array(document.utf8), to: layout.siteHost) }
                try FileSystem.write(Array("word: \(document == nil ? "later" : "soon")\n".utf8), to: layout.siteValues)
                try await RigVerb(host).reconfigure()
            }
        }
        if self == .reconfigure || self == .reconfigureAgain {
            try FileSystem.write(Array("word: goodbye\n".utf8), to: layout.siteValues)
        }
        try host.keep(as: "old")
        switch self {
        case .recoverBack, .recoverOn:
            let step: Step = self == .recoverBack ? .commit : .project
            try await RigVerb(host).install("2.0.0") { if $0 == .begins(step) { try host.keep(as: "start") } }
        default:
            try host.keep(as: "start")
            try await act(host)
        }
        try host.keep(as: "new")
        for side in ["old", "new"] {
            try host.restore(side)
            try await RigVerb(host).install(RigScenario.next)
            try host.keep(as: "\(side)-next")
        }
        try host.restore("start")
    }

    /// The verb itself.
    func act(_ host: RigHost) async throws {
        let verb = RigVerb(host)
        switch self {
        case .install, .upgrade: try await verb.install("2.0.0")
        case .rollback: try await verb.rollback(to: "1.0.0")
        case .reconfigure, .reconfigureAgain: try await verb.reconfigure()
        case .upgradeDelta: try await verb.install(RigScenario.delta)
        case .prune, .pruneBase: try await verb.prune(keep: 1)
        case .remove: try await verb.remove()
        case .stage: try await verb.stage("2.0.0")
        case .recoverBack, .recoverOn: try await verb.recover()
        }
    }
}
