// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// What the workers of a load count together.
final class RehearsalTally: Sendable {
    struct Counts {
        var connections = 0
        /// By how they failed.
        var failed: [String: Int] = [:]
        /// Milliseconds.
        var longest: Int64 = 0
        var isOver = false
    }

    private let state = Mutex(Counts())

    var counts: Counts { state.withLock { $0 } }
    var isOver: Bool { state.withLock { $0.isOver } }
    func end() { state.withLock { $0.isOver = true } }

    func note(_ answer: RehearsalAnswer, milliseconds: Int64) {
        state.withLock {
            $0.connections += 1
            $0.longest = max($0.longest, milliseconds)
            if answer != .served { $0.failed[answer.rawValue, default: 0] += 1 }
        }
    }
}
