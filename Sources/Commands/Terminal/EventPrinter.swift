// SPDX-License-Identifier: Apache-2.0
import Events
import Synchronization

/// Shows events as they come: one line that is redrawn while a step works on a terminal, plain lines elsewhere.
final class EventPrinter: EventSink {
    private let console: Console
    private let redraws: Bool
    private let percent = Mutex<Int>(-1)

    init(console: Console) {
        self.console = console
        redraws = Console.isTerminal
    }

    func receive(_ event: Event) {
        switch event {
        case .stepStarted(_, let title, let index, let total):
            percent.withLock { $0 = -1 }
            console.say("[\(index + 1)/\(total)] \(title)")
        case .stepFinished(_, let milliseconds):
            if milliseconds >= 1000 { console.say("      took \(milliseconds / 1000).\(milliseconds % 1000 / 100) s") }
        case .undoStarted: break
        case .stepFailed(let id, _, let milliseconds):
            console.say("      \(id) failed after \(milliseconds) ms; undoing")
        case .progress(_, let done, let total): progress(done, total)
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

    /// A line for every tenth; redrawn for every hundredth on a terminal.
    private func progress(_ done: Int64, _ total: Int64) {
        guard total > 0 else { return }
        let now = Int(done * 100 / total)
        let show = percent.withLock { shown in
            guard redraws ? now > shown : now / 10 > shown / 10 || shown < 0 else { return false }
            shown = now
            return true
        }
        guard show else { return }
        redraws ? console.redraw("      \(now) %", ends: now >= 100) : console.say("      \(now) %")
    }
}
