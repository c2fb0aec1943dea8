// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Configuration

/// Counts the lines of a journal that match a pattern, over the last span of time.
struct LogJudge {
    private let pattern: Pattern?
    private let atMost: Int
    private let per: Int64
    /// When lines were seen that match, no more of them than tell that they are too many.
    private var seen: [Int64] = []
    private var last: String?

    /// More than are ever said of one span.
    private static let countLimit = 1_000_001

    init(pattern: String, atMost: Int, per: TimeSpan) {
        self.pattern = try? Pattern(pattern)
        self.atMost = atMost
        self.per = Int64(per.milliseconds)
    }

    mutating func read(_ lines: [String], now: Int64) -> ProbeAnswer {
        // `create` has compiled it; a manifest that was not made by ours may still hold anything.
        guard let pattern else { return .notRun("its pattern is none") }
        seen.removeAll { $0 <= now - per }
        for line in lines where seen.count < LogJudge.countLimit && pattern.matches(line) {
            seen.append(now)
            last = line
        }
        return .logged(lines: seen.count, last: seen.isEmpty ? nil : last)
    }
}
