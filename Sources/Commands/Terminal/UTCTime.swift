// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// A moment as people read it, and as logs sort it: `2026-11-21 05:10:34 UTC`. No time zone: hosts and auditors differ.
struct UTCTime: CustomStringConvertible {
    /// Seconds since 1970.
    let seconds: Int64

    init(_ seconds: Int64) { self.seconds = seconds }

    var description: String {
        let (date, time) = parts
        return "\(date) \(time) UTC"
    }

    /// For programs (cli §4).
    var rfc3339: String {
        let (date, time) = parts
        return "\(date)T\(time)Z"
    }

    private var parts: (date: String, time: String) {
        let day = seconds.quotientAndRemainder(dividingBy: 86_400)
        var (days, rest) = (day.quotient, day.remainder)
        if rest < 0 {
            days -= 1
            rest += 86_400
        }
        // Days since 0000-03-01, so that a leap day is a year's last (Hinnant, chrono-compatible date algorithms).
        let shifted = days + 719_468
        let era = (shifted >= 0 ? shifted : shifted - 146_096) / 146_097
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        let date = dayOfYear - (153 * month + 2) / 5 + 1
        let calendarMonth = month < 10 ? month + 3 : month - 9
        let year = yearOfEra + era * 400 + (calendarMonth <= 2 ? 1 : 0)
        return (
            "\(year)-\(two(calendarMonth))-\(two(date))", "\(two(rest / 3600)):\(two(rest / 60 % 60)):\(two(rest % 60))"
        )
    }

    static func json(_ seconds: Int64) -> JSONValue { .string(UTCTime(seconds).rfc3339) }

    private func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
