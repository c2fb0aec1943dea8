// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// One check over time: how often in a row it passed or missed, and when it is due again.
struct CheckTracker {
    let check: HealthCheck
    private(set) var due: Int64
    private(set) var last: ProbeAnswer?
    /// What a person wants to see of a service that flaps: not the answer that happened to come last.
    private(set) var lastMiss: ProbeAnswer?
    /// Where the next look at the journal begins.
    private(set) var cursor: String?
    var metric: MetricJudge?
    private var log: LogJudge?
    private var passes = 0
    private var misses = 0
    /// Whether a miss is asked again soon: while a service starts, every moment may be the one, and connections may be
    /// held for it. Passes are always an interval apart.
    private let eager: Bool
    private static let soon: Int64 = 100

    /// What one try brought, before it is judged.
    enum Reply: Sendable {
        case answer(ProbeAnswer)
        case sum(ExpositionText.Sum)
        case journal(JournalPage)
    }

    init(_ check: HealthCheck, now: Int64, eager: Bool = false, cursor: String? = nil) {
        self.check = check
        self.eager = eager
        self.cursor = cursor
        due = now
        switch check.probe {
        case .metrics(_, _, _, let bounds, _, _): metric = MetricJudge(bounds)
        case .log(let pattern, let atMost, let per): log = LogJudge(pattern: pattern, atMost: atMost, per: per)
        default: break
        }
    }

    func isDue(_ now: Int64) -> Bool { now >= due }
    var isMet: Bool { passes >= max(1, check.passes) }
    var hasPassed: Bool { passes > 0 }
    var isMissed: Bool { misses >= max(1, check.passes) }

    mutating func note(_ reply: Reply, now: Int64) {
        let answer = answer(reply, now: now)
        if accepts(answer) {
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

    private mutating func answer(_ reply: Reply, now: Int64) -> ProbeAnswer {
        switch reply {
        case .answer(let answer): return answer
        case .sum(let sum):
            guard let reading = metric?.read(sum, now: now) else { return .malformed }
            return .measured(reading)
        case .journal(let page):
            cursor = page.cursor
            return log?.read(page.messages, now: now) ?? .malformed
        }
    }

    private func accepts(_ answer: ProbeAnswer) -> Bool {
        if case .measured(let reading) = answer { return metric?.accepts(reading) ?? false }
        return check.probe.accepts(answer)
    }
}

extension HealthCheck.Probe {
    /// Whether this answer is the one that was asked for. What a metric came to is its judge's to say.
    func accepts(_ answer: ProbeAnswer) -> Bool {
        switch (self, answer) {
        case (.http(_, _, let wanted, let text, _, _), .http(let status, let body)):
            status == wanted && (text.map { body.contains($0) } ?? true)
        case (.tcp, .connected): true
        case (.exec, .exited(let status, _)): status == 0
        case (.notify, .unit(let active, _)), (.alive, .unit(let active, _)): active == "active"
        case (.grpc, .grpc(let status, _, let serving)): status == 0 && serving == .serving
        case (.sse(_, _, let text, _, _), .events(let last?)): text.map { last.contains($0) } ?? true
        case (.websocket(_, _, _, let text, _, _), .webSocket(let last)):
            text.map { (last ?? "").contains($0) } ?? true
        case (.log(_, let atMost, _), .logged(let lines, _)): lines <= atMost
        default: false
        }
    }
}
