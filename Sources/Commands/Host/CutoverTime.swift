// SPDX-License-Identifier: Apache-2.0
import ArgumentParser
import HostSystem
import Installer

/// `HH:MM` of this machine's wall clock and zone.
struct CutoverTime: ExpressibleByArgument, Equatable {
    let text: String
    let hour: Int
    let minute: Int

    init?(argument: String) {
        let parts = argument.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 }), let hour = Int(parts[0]),
            let minute = Int(parts[1]), (0..<24).contains(hour), (0..<60).contains(minute)
        else { return nil }
        text = argument
        self.hour = hour
        self.minute = minute
    }

    /// The next such moment, if it is within 12 hours: at half past midnight `23:30` has passed, and at 23:30 `00:30` is
    /// to come (cli §3.4).
    /// - Throws: `HostVerbError.tooLate`.
    func deadline(now: Int64) throws -> StopRequest.Deadline {
        let moments = [-1, 0, 1].compactMap { LocalTime.moment(hour: hour, minute: minute, days: $0, from: now) }
        guard let next = moments.first(where: { $0 > now }), next - now <= 12 * 3600 else {
            throw HostVerbError.tooLate(text)
        }
        return StopRequest.Deadline(text: text, wallSeconds: next)
    }
}
