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

    /// The last second of the year 9999; a clock that says more is not believed that far.
    package static let last: Int64 = 253_402_300_799

    /// What a clock can say and be right: from 2025-01-01, as this program is younger, to 2100-01-01, where nobody sets a clock
    /// by intent.
    package static let believable: Range<Int64> = 1_735_689_600..<4_102_444_800

    /// Writes it: `2026-11-21T04:40:00Z`. Moments outside of the years 1970 to 9999 count as the nearest of those.
    package static func text(_ seconds: Int64) -> String {
        let (days, rest) = min(max(0, seconds), last).quotientAndRemainder(dividingBy: 86_400)
        let shifted = days + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let part = (5 * dayOfYear + 2) / 153
        let month = part < 10 ? part + 3 : part - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        let date = [(year, 4), (month, 2), (dayOfYear - (153 * part + 2) / 5 + 1, 2)].map(padded).joined(separator: "-")
        let time = [(rest / 3600, 2), (rest / 60 % 60, 2), (rest % 60, 2)].map(padded).joined(separator: ":")
        return "\(date)T\(time)Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
