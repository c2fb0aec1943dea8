// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// Whether one check's times can ever come out right.
struct HealthTiming {
    let check: HealthCheck
    let section: Section
    let cutover: CutoverSettings

    func run() {
        if let deadline = check.deadline, deadline > cutover.healthTimeout {
            report("deadline", .deadlineTooLate(deadline: deadline, has: cutover.healthTimeout))
        }
        let has = check.deadline.map { min($0, cutover.healthTimeout) } ?? cutover.healthTimeout
        // Not even the last pass of the shortest run fits.
        if check.leastTime >= has, check.leastTime.milliseconds > 0 {
            report("", .healthNeverInTime(needs: check.leastTime, has: has))
        }
        checkBake()
    }

    private func checkBake() {
        // As many misses in a row as passes end a bake; fewer than fit into it never can.
        let needs = TimeSpan(milliseconds: (check.passes - 1) * check.interval.milliseconds)
        if cutover.bake.milliseconds > 0 || check.probe.isForBakeOnly, needs >= cutover.bake {
            report("", .bakeTooShort(needs: needs, has: cutover.bake))
        }
        // An increase that must be reached can be judged only once its span is over.
        if case .metrics(_, _, _, let bounds, _, _) = check.probe, bounds.atLeast != nil, let per = bounds.per,
            per >= cutover.bake
        {
            report("per", .windowPastBake(per: per, has: cutover.bake))
        }
    }

    private func report(_ key: String, _ timing: SpecProblem.Timing) {
        section.report(key, .timing(path: section.path, timing))
    }
}
