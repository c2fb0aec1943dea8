// SPDX-License-Identifier: Apache-2.0
import HostSystem
import Synchronization

/// Time that passes only when somebody sleeps.
final class TestClock: HostClock {
    private let now = Mutex<Int64>(1_000_000)

    func wallSeconds() -> Int64 { monotonicMilliseconds() / 1000 }
    func monotonicMilliseconds() -> Int64 { now.withLock { $0 } }

    func sleep(milliseconds: Int) async throws {
        try Task.checkCancellation()
        now.withLock { $0 += Int64(milliseconds) }
        await Task.yield()
    }
}
