// SPDX-License-Identifier: Apache-2.0
import Events
import Synchronization

/// Adds up what parallel jobs have done, and tells it.
final class ProgressSum: Sendable {
    private let done = Mutex<Int64>(0)
    private let id: String
    private let total: Int64
    private let events: any EventSink

    init(id: String, total: Int64, events: any EventSink) {
        self.id = id
        self.total = total
        self.events = events
    }

    func add(_ bytes: Int64) {
        let now = done.withLock { sum in
            sum += bytes
            return sum
        }
        events.receive(.progress(id: id, done: now, total: total))
    }
}
