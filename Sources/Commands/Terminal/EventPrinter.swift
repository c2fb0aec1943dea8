// SPDX-License-Identifier: Apache-2.0
import Events
import HostRecords
import HostSystem
import Synchronization

/// Shows events as they come: how far the run is, and what is worth a line that stays.
final class EventPrinter: EventSink {
    private let console: Console
    private let clock = SystemClock()
    private let estimate = Mutex(ProgressEstimate([]))

    init(console: Console) { self.console = console }

    /// What is coming. From here on time is counted as well.
    func expect(_ parts: [ProgressEstimate.Part]) {
        estimate.withLock { $0 = ProgressEstimate(parts) }
        // The time that is left goes on counting while a step says nothing; it ends with the program.
        Task {
            while !Task.isCancelled {
                try await Task.sleep(nanoseconds: 1_000_000_000)
                self.show()
            }
        }
    }

    func receive(_ event: Event) {
        let now = clock.monotonicMilliseconds()
        switch event {
        case .stepStarted(let id, let title, _, _):
            estimate.withLock { $0.begin(id, title: title, now: now) }
            show()
        case .progress(_, let done, let total):
            estimate.withLock { $0.advance(done: done, total: total, now: now) }
            show()
        case .stepFinished(let id, let milliseconds):
            if milliseconds >= 10_000 { console.say("      \(id) took \(milliseconds / 1000) s") }
        case .undoStarted: break
        case .stepFailed(let id, _, let milliseconds):
            console.say("      \(id) failed after \(milliseconds) ms; undoing")
        case .healthy(let service, let milliseconds): console.say("      \(service) healthy after \(milliseconds) ms")
        case .jobDone(let job, let moment, let milliseconds):
            console.say("      job \(job) (\(moment)) done in \(milliseconds) ms")
        case .note(let text): console.say("      \(Console.printable(text))")
        case .warning(let text): console.warn(text)
        case .trafficSwitched(let slot, let ports, let microseconds):
            console.say("      \(ports) ports now lead to \(slot), in \(microseconds / 1000) ms")
        case .held(let service, let milliseconds):
            console.say("      \(service): new connections waited \(milliseconds) ms")
        case .drained(let service, let closed, let cut):
            console.say("      \(service): \(closed) connections ended by themselves, \(cut) cut")
        }
    }

    /// Only what a person would see change is passed on.
    private let last = Mutex<RunProgress?>(nil)

    private func show() {
        let now = clock.monotonicMilliseconds()
        let progress = estimate.withLock { $0.progress(now: now) }
        guard !progress.title.isEmpty else { return }
        let isNew = last.withLock { last in
            defer { last = progress }
            return last != progress
        }
        if isNew { console.show(progress) }
    }
}
