// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// One check over time: how often in a row it passed or missed, and when it is due again.
struct CheckTracker {
    let check: HealthCheck
    private(set) var due: Int64
    private(set) var last: ProbeAnswer?
    /// What a person wants to see of a service that flaps: not the answer that happened to come last.
    private(set) var lastMiss: ProbeAnswer?
    private var passes = 0
    private var misses = 0
    /// Whether a miss is asked again soon: while a service starts, every moment may be the one, and connections may be
    /// held for it. Passes are always an interval apart.
    private let eager: Bool
    private static let soon: Int64 = 100

    init(_ check: HealthCheck, now: Int64, eager: Bool = false) {
        self.check = check
        self.eager = eager
        due = now
    }

    func isDue(_ now: Int64) -> Bool { now >= due }
    var isMet: Bool { passes >= max(1, check.passes) }
    var hasPassed: Bool { passes > 0 }
    var isMissed: Bool { misses >= max(1, check.passes) }

    mutating func note(_ answer: ProbeAnswer, now: Int64) {
        if check.probe.accepts(answer) {
            passes += 1
            misses = 0
        } else {
            misses += 1
            passes = 0
            lastMiss = answer
        }
        last = answer
        let interval = Int64(check.interval.milliseconds)
        due = now + (eager && passes == 0 ? min(interval, CheckTracker.soon) : interval)
    }
}

extension HealthCheck.Probe {
    /// Whether this answer is the one that was asked for.
    func accepts(_ answer: ProbeAnswer) -> Bool {
        switch (self, answer) {
        case (.http(_, _, let wanted, let text, _), .http(let status, let body)):
            status == wanted && (text.map { body.contains($0) } ?? true)
        case (.tcp, .connected): true
        case (.exec, .exited(let status, _)): status == 0
        case (.notify, .unit(let active, _)), (.alive, .unit(let active, _)): active == "active"
        default: false
        }
    }
}
