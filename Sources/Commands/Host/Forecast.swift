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

    /// Of `create`.
    static let creating = [("collect", 2_000), ("delta", 60_000), ("pack", 60_000), ("write", 6_000)].map {
        ProgressEstimate.Part(id: $0.0, measured: nil, share: $0.1)
    }

    /// - Parameter bytes: of the release, unpacked.
    static func of(_ plan: Plan, _ layout: HostLayout, bytes: Int64) -> [ProgressEstimate.Part] {
        parts(plan.steps.filter { plan.halt != .ready || $0 <= .ready }, plan, layout, bytes: bytes)
    }

    /// What is left of one that waits.
    static func promoting(_ plan: Plan, _ layout: HostLayout) -> [ProgressEstimate.Part] {
        parts(plan.steps.filter { $0 > .ready }, plan, layout, bytes: 0)
    }

    private static func parts(_ steps: [Step], _ plan: Plan, _ layout: HostLayout, bytes: Int64) -> [ProgressEstimate
        .Part]
    {
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
            return ProgressEstimate.Part(id: step.rawValue, measured: known, share: share(step, plan, bytes))
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

    /// What a small machine takes, in milliseconds; bytes by what a USB stick and a plain disk do.
    private static func share(_ step: Step, _ plan: Plan, _ bytes: Int64) -> Int64 {
        switch step {
        case .stage: 300 + bytes / 30_000
        case .unpack: 300 + bytes / 60_000
        case .images: 1_000 + plan.images.filter(\.loads).map(\.bytes).reduce(0, +) / 40_000
        case .start, .replace: 3_000
        case .drain: min(2_000, Int64(plan.cutover.drain.milliseconds))
        case .stopOld: 1_000
        case .check, .units, .account: 500
        default: 200
        }
    }
}
