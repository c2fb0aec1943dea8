// SPDX-License-Identifier: Apache-2.0
import Synchronization

/// Somebody wants an installation to end before its cutover. Up to the cutover the work under way is cancelled and the
/// engine undoes; from there on it only goes forward (cli §3.4).
package final class StopRequest: Sendable {
    package enum Reason: Equatable, Sendable {
        /// Ctrl-C, or SIGTERM.
        case operatorAsked
        /// `--cutover-before`: the wall clock had reached that time, as the operator wrote it.
        case tooLate(String)
    }

    /// A time of the wall clock that the cutover must begin before.
    package struct Deadline: Equatable, Sendable {
        /// `HH:MM`, as it was asked for.
        package let text: String
        /// Seconds since 1970.
        package let wallSeconds: Int64

        package init(text: String, wallSeconds: Int64) {
            self.text = text
            self.wallSeconds = wallSeconds
        }
    }

    /// What ended it; the engine has undone everything.
    package struct Stopped: Error, Equatable, Sendable {
        package let reason: Reason

        package init(reason: Reason) { self.reason = reason }
    }

    package enum Answer: Equatable, Sendable {
        case undoes
        /// The cutover has begun.
        case goesOn
    }

    private struct State {
        var wanted: Reason?
        var isPast = false
        var cancel: (@Sendable () -> Void)?
    }

    private let state = Mutex(State())
    package let deadline: Deadline?

    package init(deadline: Deadline? = nil) { self.deadline = deadline }

    package func ask(_ reason: Reason) -> Answer {
        let (answer, cancel) = state.withLock { state -> (Answer, (@Sendable () -> Void)?) in
            if state.isPast { return (.goesOn, nil) }
            state.wanted = state.wanted ?? reason
            return (.undoes, state.cancel)
        }
        cancel?()
        return answer
    }

    /// Carries out a piece of work that may be given up. It runs in a task of its own: undoing must not be cancelled.
    /// - Throws: `Stopped` when that was asked for; what the work throws.
    package func run(_ work: @escaping () async throws -> Void) async throws {
        nonisolated(unsafe) let work = work
        let task = Task { try await work() }
        state.withLock { state in
            state.cancel = { task.cancel() }
            if state.wanted != nil { task.cancel() }
        }
        defer { state.withLock { $0.cancel = nil } }
        let result = await task.result
        if let reason = state.withLock({ $0.wanted }) { throw Stopped(reason: reason) }
        try result.get()
    }

    /// Before each step that can be undone, with the wall time of now: a clock that jumped is believed as it stands.
    package func check(wallSeconds: Int64) throws {
        let reason = state.withLock { state -> Reason? in
            if state.isPast { return nil }
            if let deadline, wallSeconds >= deadline.wallSeconds {
                state.wanted = state.wanted ?? .tooLate(deadline.text)
            }
            return state.wanted
        }
        if let reason { throw Stopped(reason: reason) }
    }

    /// From here on it goes forward.
    package func pass() throws {
        let reason = state.withLock { state in
            if state.wanted == nil { state.isPast = true }
            return state.wanted
        }
        if let reason { throw Stopped(reason: reason) }
    }
}
