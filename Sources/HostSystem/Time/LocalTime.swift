// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The wall clock as this machine's time zone reads it (localtime(3), TZ or /etc/localtime).
package enum LocalTime {
    /// - Returns: seconds since 1970 of HH:MM on the day, that many days behind that of `now`; nil for none such.
    package static func moment(hour: Int, minute: Int, days: Int, from now: Int64) -> Int64? {
        var seconds = time_t(now)
        var parts = tm()
        guard localtime_r(&seconds, &parts) != nil else { return nil }
        parts.tm_hour = Int32(hour)
        parts.tm_min = Int32(minute)
        parts.tm_sec = 0
        parts.tm_mday += Int32(days)
        // The zone decides whether summer time holds then.
        parts.tm_isdst = -1
        let moment = mktime(&parts)
        return moment == -1 ? nil : Int64(moment)
    }
}
