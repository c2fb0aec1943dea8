// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import Installer

/// A plan for people: what changes, in which order, and how to go back.
struct PlanText {
    let plan: Plan
    /// The steps that are still to come.
    private let steps: [Step]

    /// - Parameter waits: it is to be promoted: what comes before its pause has been done.
    init(_ plan: Plan, waits: Bool = false) {
        self.plan = plan
        steps = plan.steps.filter { waits ? $0 > .ready : plan.halt != .ready || $0 <= .ready }
        isWaiting = waits
    }

    private let isWaiting: Bool

    var text: String {
        let from = plan.replaces.flatMap { $0.version == plan.version ? nil : "\($0.version) -> " } ?? ""
        var lines = [
            "plan: \(plan.verb.rawValue) \(plan.name) \(from)\(plan.version) (\(plan.digest.short)) into \(plan.slot.rawValue)"
        ]
        lines += plan.services.map(line)
        lines += plan.jobs.map(line)
        lines += plan.retired.map { "  stop      \($0.name): this release no longer has it" }
        lines += plan.images.filter(\.loads).map {
            "  load      image \($0.name) into \((plan.runtime ?? .podman).rawValue), \($0.bytes >> 20) MiB"
        }
        lines += plan.prunes.map { "  remove    release \($0) from disk" }
        lines += (plan.settingChanges ?? []).map { "  value     \($0.file) \($0.words)" }
        lines += plan.secrets.map(line)
        lines += plan.warnings.map { "  warning   \($0.words)" }
        lines.append("  steps     " + steps.map(\.rawValue).joined(separator: ", "))
        if plan.halt == .ready, !isWaiting {
            lines.append("  pause     there, before any traffic moves; promote takes the rest, abort takes it all away")
        }
        lines += PlanFootprint(plan, HostLayout(product: plan.name)).lines
        let back = WayBack(plan).lines
        lines.append("  go back   \(back[0])")
        lines += back.dropFirst().map { "            \($0)" }
        return lines.joined(separator: "\n")
    }

    private func line(_ job: PlannedJob) -> String {
        let done =
            job.isDone ? ": ran on this host already" : job.isIrreversible ? ": there is no way back behind it" : ""
        return "  job       \(job.name) at \(job.moment.rawValue)\(done)"
    }

    /// A keyed hash: it tells that a secret changed, and nothing of what it is.
    private func line(_ secret: PlannedSecret) -> String {
        let change =
            switch secret.change {
            case .new: "new"
            case .same: "unchanged"
            case .changed: "changed"
            case .gone: "no longer provided"
            case .unknown: "was not compared"
            }
        return "  secret    \(secret.id) \(secret.hash.map { "(\($0))" } ?? "-"): \(change)"
    }

    private func line(_ service: PlannedService) -> String {
        let ports = service.ports.filter { $0.expose != .slot }.map { "\($0.port) (\($0.expose.rawValue))" }
        let reach = ports.isEmpty ? "" : ", port \(ports.joined(separator: ", "))"
        switch service.action {
        case .start: return "  \(isWaiting ? "started   " : "start     ")\(service.unit)\(reach)"
        case .replace: return "  replace   \(service.unit)\(reach): new connections wait, at most \(service.hold)"
        case .keep: return "  keep      \(service.unit)\(reach): unchanged, not touched"
        }
    }
}
