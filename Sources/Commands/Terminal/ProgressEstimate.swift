// SPDX-License-Identifier: Apache-2.0
import HostRecords

/// Turns steps and bytes into one percentage that never goes back, and into a time that is left only where every part of
/// it was measured: a rate in this run, a duration in an earlier one, a span that the release fixes.
struct ProgressEstimate: Equatable {
    struct Part: Equatable {
        let id: String
        /// Milliseconds that it took last time, or that the release says it takes; nil where nobody knows.
        var measured: Int64?
        /// Its share of the whole where nothing was measured, in milliseconds of a small release on a small machine.
        let share: Int64

        /// What was measured in whole seconds is 0 for what is quick, and no step is nothing.
        var weight: Int64 { max(200, measured ?? share) }
    }

    private let parts: [Part]
    private var current: Int?
    private var title = ""
    private var began: Int64 = 0
    private var fraction = 0.0
    private var leftOfStep: Int?
    private var shown = 0

    init(_ parts: [Part]) { self.parts = parts }

    /// - Parameter now: monotonic milliseconds.
    mutating func begin(_ id: String, title: String, now: Int64) {
        current = parts.firstIndex { $0.id == id } ?? current
        self.title = title
        began = now
        fraction = 0
        leftOfStep = nil
    }

    mutating func advance(done: Int64, total: Int64, now: Int64) {
        guard total > 0 else { return }
        fraction = min(1, Double(done) / Double(total))
        let spent = now - began
        // A rate of the first moments is a guess.
        leftOfStep = spent >= 2000 && done > 0 ? Int(Double(spent) / 1000 * Double(total - done) / Double(done)) : nil
    }

    mutating func progress(now: Int64) -> RunProgress {
        // Nothing is known of what comes: each step counts by itself.
        guard let current else {
            return RunProgress(percent: Int(fraction * 100), title: title, leftOfStep: leftOfStep)
        }
        let part = parts[current]
        if fraction == 0, let measured = part.measured, measured > 0 {
            leftOfStep = nil
            let passed = min(0.99, Double(now - began) / Double(measured))
            return make(passed, left: max(0, Int((measured - (now - began)) / 1000)), part)
        }
        return make(fraction, left: leftOfStep, part)
    }

    private mutating func make(_ fraction: Double, left: Int?, _ part: Part) -> RunProgress {
        let index = current ?? 0
        let all = parts.map(\.weight).reduce(0, +)
        let behind = parts[..<index].map(\.weight).reduce(0, +)
        let percent = Int((Double(behind) + Double(part.weight) * fraction) * 100 / Double(max(1, all)))
        shown = max(shown, min(99, percent))
        let coming = parts[(index + 1)...].map(\.measured)
        let rest = coming.contains(nil) ? nil : coming.compactMap(\.self).reduce(0, +)
        let whole = left.flatMap { left in rest.map { left + Int($0 / 1000) } }
        return RunProgress(percent: shown, title: title, left: whole, leftOfStep: leftOfStep)
    }
}
