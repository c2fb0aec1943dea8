// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// A moment as people read it, and as logs sort it: `2026-11-21 05:10:34 UTC`. No time zone: hosts and auditors differ.
struct UTCTime: CustomStringConvertible {
    /// Seconds since 1970.
    let seconds: Int64

    init(_ seconds: Int64) { self.seconds = seconds }

    var description: String { rfc3339.replacing("T", with: " ").replacing("Z", with: " UTC") }

    /// For programs (cli §4).
    var rfc3339: String { UTCSeconds.text(seconds) }

    static func json(_ seconds: Int64) -> JSONValue { .string(UTCTime(seconds).rfc3339) }
}
