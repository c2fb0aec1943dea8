// SPDX-License-Identifier: Apache-2.0
import Glibc

/// The only way to the time. Wall time is for people and may be wrong; spans are measured by the monotonic clock.
package protocol HostClock: Sendable {
    /// Seconds since 1970, UTC.
    func wallSeconds() -> Int64
    /// Milliseconds from some fixed point; never goes back.
    func monotonicMilliseconds() -> Int64
    func sleep(milliseconds: Int) async throws
}

package struct SystemClock: HostClock {
    package init() {}

    package func wallSeconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return Int64(now.tv_sec)
    }

    package func monotonicMilliseconds() -> Int64 {
        var now = timespec()
        clock_gettime(CLOCK_BOOTTIME, &now)
        return Int64(now.tv_sec) * 1000 + Int64(now.tv_nsec) / 1_000_000
    }

    package func sleep(milliseconds: Int) async throws {
        try await Task.sleep(nanoseconds: UInt64(milliseconds) * 1_000_000)
    }
}
