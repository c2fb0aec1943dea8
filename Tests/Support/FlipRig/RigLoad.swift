// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// New connections without pause from some workers, each over all targets in turn.
final class RigLoad: Sendable {
    private let seconds: Int
    private let targets: [RigAddress]
    private let outcomes = Mutex<[String: Int]>([:])
    private let slowest = Mutex<Int>(0)

    init(seconds: Int, targets: [RigAddress]) {
        self.seconds = seconds
        self.targets = targets
    }

    /// One line of JSON: how often each outcome came, and the slowest connection in milliseconds.
    func run(workers: Int) -> String {
        let end = RigLoad.milliseconds() + seconds * 1000
        onThreads(workers) { worker in self.work(until: end, first: worker) }
        let counts = outcomes.withLock { $0 }
        let failed = counts.filter { RigConnection.failures.contains($0.key) || $0.key.hasPrefix("errno") }
        let details = counts.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\($0.value)" }.joined(separator: ",")
        let total = counts.values.reduce(0, +)
        let lost = failed.values.reduce(0, +)
        let slow = slowest.withLock { $0 }
        return "{\"connections\":\(total),\"failed\":\(lost),\"slowest_ms\":\(slow),\"outcomes\":{\(details)}}"
    }

    private func work(until end: Int, first: Int) {
        var counts: [String: Int] = [:]
        var slow = 0
        var index = first
        while RigLoad.milliseconds() < end {
            let start = RigLoad.milliseconds()
            let answer = RigConnection(to: targets[index % targets.count]).open(seconds: 10)
            counts[answer, default: 0] += 1
            slow = max(slow, RigLoad.milliseconds() - start)
            index += 1
        }
        outcomes.withLock { $0.merge(counts, uniquingKeysWith: +) }
        slowest.withLock { [slow] in $0 = max($0, slow) }
    }

    static func milliseconds() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        return now.tv_sec * 1000 + now.tv_nsec / 1_000_000
    }
}
