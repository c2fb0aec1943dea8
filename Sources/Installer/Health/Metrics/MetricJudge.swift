// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// What a metric came to, and how it was seen.
package struct MetricReading: Equatable, Sendable {
    /// The number that is held against the bounds: the sum of the samples, or its increase in the span. nil while a span
    /// is too short to judge, and when nothing could be compared with.
    package var value: Double?
    package var samples: Int
    /// The old slot's number, when that is what it is compared with.
    package var old: Double?

    package init(value: Double?, samples: Int, old: Double? = nil) {
        self.value = value
        self.samples = samples
        self.old = old
    }
}

/// Turns sums into readings: increases over a span, and what the old slot says of them.
struct MetricJudge {
    let bounds: MetricBounds
    /// nil: there is no old slot, or it does not tell; then nothing is compared.
    var old: Double?
    private var window: IncreaseWindow?

    init(_ bounds: MetricBounds) {
        self.bounds = bounds
        window = bounds.per.map { IncreaseWindow(span: Int64($0.milliseconds)) }
    }

    /// - Parameter now: milliseconds of a clock that never goes back.
    mutating func read(_ sum: ExpositionText.Sum, now: Int64) -> MetricReading {
        guard window != nil else { return MetricReading(value: sum.value, samples: sum.samples, old: old) }
        window?.add(sum.value, now: now)
        return MetricReading(value: window?.increase, samples: sum.samples, old: old)
    }

    /// Whether a reading stays inside the bounds. A NaN stays inside of none.
    func accepts(_ reading: MetricReading) -> Bool {
        guard let value = reading.value else { return true }
        if bounds.againstOld, reading.old == nil { return true }
        if let most = bounds.atMost, !(value <= limit(most, reading.old)) { return false }
        // An increase that is still growing cannot be called too small.
        if let least = bounds.atLeast, window?.isWhole ?? true, !(value >= limit(least, reading.old)) { return false }
        return true
    }

    private func limit(_ quantity: Quantity, _ old: Double?) -> Double {
        guard bounds.againstOld, let old else { return quantity.number }
        return quantity.isShare ? old * quantity.number / 100 : old + quantity.number
    }

    /// What the old slot's sum means for this check: itself, or its share of a span over all of the old slot's life. After
    /// the cutover nobody calls the old slot any more, so what it does now says nothing.
    /// - Parameter age: milliseconds since the old copy started.
    static func baseline(_ sum: Double, per: TimeSpan?, age: Int64) -> Double? {
        guard let per else { return sum }
        guard age > 0 else { return nil }
        // Younger than the span: what it counted so far is all that it could.
        return sum * min(1, Double(per.milliseconds) / Double(age))
    }
}

/// A counter over the last span of time.
struct IncreaseWindow {
    let span: Int64
    private var readings: [(at: Int64, total: Double)] = []
    private var last: Double?
    private var began: Int64?

    init(span: Int64) { self.span = span }

    /// Whether the watch is as long as the span.
    var isWhole: Bool {
        guard let began, let last = readings.last else { return false }
        return last.at - began >= span
    }

    /// Since the span began, or the watch.
    var increase: Double { (readings.last?.total ?? 0) - (readings.first?.total ?? 0) }

    mutating func add(_ value: Double, now: Int64) {
        // A counter that fell was set back to zero: all that it shows has come since.
        let step = last.map { value < $0 ? value : value - $0 } ?? 0
        last = value
        began = began ?? now
        readings.append((now, (readings.last?.total ?? 0) + step))
        // The newest reading at or before the span's beginning is what the increase counts from.
        while readings.count > 1, readings[1].at <= now - span { readings.removeFirst() }
    }
}
