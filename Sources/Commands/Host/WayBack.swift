// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Installer

/// How an operator takes a deployment back once it is called good.
struct WayBack {
    let plan: Plan

    init(_ plan: Plan) { self.plan = plan }

    /// The job behind which there is no way back to the release before.
    var closedBy: PlannedJob? { plan.replaces == nil ? nil : plan.pointOfNoReturn }

    /// After a first installation there is no release to go back to; nil behind a point of no return.
    var command: String? {
        guard let old = plan.replaces else { return "bundle remove \(plan.name)" }
        guard closedBy == nil else { return nil }
        return old.directory == plan.directory
            ? "bundle reconfigure \(plan.name) --former" : "bundle rollback \(plan.name)@\(old.version)"
    }

    /// Command, what it restores, what it cannot.
    var lines: [String] {
        guard let command else {
            let job = closedBy.map { "\($0.name) (at \($0.moment.rawValue))" } ?? ""
            return [
                "none from job \(job) on: it changes data for good",
                "what fails before it is undone; behind it only a newer release mends",
            ]
        }
        guard let old = plan.replaces else {
            return [
                "\(command): this is the first release here",
                "takes away its units, traffic rules, releases and, if it is ours, its user; not its data",
            ]
        }
        if old.directory == plan.directory {
            return [
                command, "restores the values and overrides that are in force now, and the config that comes of them",
            ] + WayBack.limits(plan)
        }
        return [
            command,
            "restores \(old.version) as it serves now: units, config with the values in force, traffic and `current`",
        ] + WayBack.limits(plan)
    }

    private static func limits(_ plan: Plan) -> [String] {
        guard plan.secrets.contains(where: { [.new, .changed].contains($0.change) }) else {
            return ["cannot restore secrets as they were, nor what services wrote to their data"]
        }
        return [
            "the secrets of before go back by hand, ahead of it: bundle secret set \(plan.name) ID",
            "cannot restore what services wrote to their data",
        ]
    }
}
