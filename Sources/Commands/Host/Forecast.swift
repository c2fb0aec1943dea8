// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import Installer

/// What the steps of a plan will take: as long as they took last time on this host, or as the release says; else nobody
/// knows, and only their usual share of the whole is assumed.
enum Forecast {
    static let staging = [("stage", 60_000), ("unpack", 40_000), ("evidence", 100)].map {
        ProgressEstimate.Part(id: $0.0, measured: nil, share: $0.1)
    }

    static func of(_ plan: Plan, _ layout: HostLayout) -> [ProgressEstimate.Part] {
        parts(plan.steps.filter { plan.halt != .ready || $0 <= .ready }, plan, layout)
    }

    /// What is left of one that waits.
    static func promoting(_ plan: Plan, _ layout: HostLayout) -> [ProgressEstimate.Part] {
        parts(plan.steps.filter { $0 > .ready }, plan, layout)
    }

    private static func parts(_ steps: [Step], _ plan: Plan, _ layout: HostLayout) -> [ProgressEstimate.Part] {
        let measured = lastTime(layout)
        return steps.map { step in
            // The release fixes the bake; bytes are measured as they pass, and another bundle has others.
            let known: Int64? =
                switch step {
                case .bake: Int64(plan.cutover.bake.milliseconds)
                case .rehearse: plan.rehearsal.map { Int64($0.milliseconds) }
                case .stage, .unpack: nil
                default: measured[step.rawValue]
                }
            return ProgressEstimate.Part(id: step.rawValue, measured: known, share: share(step))
        }
    }

    /// Milliseconds by step, from the newest operation that ended well.
    private static func lastTime(_ layout: HostLayout) -> [String: Int64] {
        let done = ((try? History.list(layout)) ?? []).compactMap(\.record)
            .first { $0.outcome == .done && $0.begun.contains(Step.project.rawValue) }
        var begun: [String: Int64] = [:]
        var spans: [String: Int64] = [:]
        for line in done?.lines ?? [] {
            switch line.entry {
            case .intent(let step): begun[step] = line.at
            case .done(let step): if let from = begun[step] { spans[step] = max(0, line.at - from) * 1000 }
            default: break
            }
        }
        return spans
    }

    private static func share(_ step: Step) -> Int64 {
        switch step {
        case .stage: 20_000
        case .unpack: 12_000
        case .images: 10_000
        case .start: 6_000
        case .replace, .rehearse: 5_000
        case .drain, .stopOld: 2_000
        case .check, .units, .account: 1_000
        default: 200
        }
    }
}
