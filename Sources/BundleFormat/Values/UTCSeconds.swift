// SPDX-License-Identifier: Apache-2.0

/// Reads the one form of a timestamp that our documents have.
package enum UTCSeconds {
    /// - Parameter text: `2026-11-21T04:40:00Z`.
    /// - Returns: seconds since 1970; nil for anything else. A day that its month lacks counts on into the next.
    package static func read(_ text: String) -> Int64? {
        guard Grammar.isTimestamp(text) else { return nil }
        let numbers = text.split { !$0.isNumber }.compactMap { Int64($0) }
        guard numbers.count == 6, (1...12).contains(numbers[1]), (1...31).contains(numbers[2]), numbers[3] < 24,
            numbers[4] < 60, numbers[5] <= 60
        else { return nil }
        // Days since 0000-03-01, so that a leap day is a year's last (Hinnant, chrono-compatible date algorithms).
        let year = numbers[1] > 2 ? numbers[0] : numbers[0] - 1
        let month = (numbers[1] + 9) % 12
        let days = 365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + numbers[2] - 1 - 719_468
        return ((days * 24 + numbers[3]) * 60 + numbers[4]) * 60 + numbers[5]
    }
}
