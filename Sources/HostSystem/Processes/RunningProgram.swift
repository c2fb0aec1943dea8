// SPDX-License-Identifier: Apache-2.0
import Glibc
import Synchronization

/// A program between its start and its end, as far as killing it goes.
final class RunningProgram: Sendable {
    private struct State {
        var process: pid_t = 0
        var killWanted = false
        var timedOut = false
        var deadline: Task<Void, Never>?
    }

    private let state = Mutex(State())
    /// Set when the program has ended; the threads that serve its pipes stop by it.
    let ended = Ended()

    var timedOut: Bool { state.withLock { $0.timedOut } }

    func started(_ process: pid_t, timeoutSeconds: Int) {
        let deadline = Task {
            do { try await Task.sleep(nanoseconds: UInt64(max(timeoutSeconds, 0)) * 1_000_000_000) } catch { return }
            self.state.withLock { $0.timedOut = !self.ended.isSet }
            self.kill()
        }
        let late = state.withLock { state in
            state.process = process
            state.deadline = deadline
            return state.killWanted
        }
        if late { kill() }
    }

    /// Kills it and everything that it started: it leads a session, hence a process group, of its own.
    func kill() {
        state.withLock { state in
            state.killWanted = true
            // Once it has ended its number may belong to another program.
            guard state.process > 0, !ended.isSet else { return }
            Glibc.kill(-state.process, SIGKILL)
            Glibc.kill(state.process, SIGKILL)
        }
    }

    func finished() {
        state.withLock { state in
            ended.set()
            state.deadline?.cancel()
        }
    }
}
