// SPDX-License-Identifier: Apache-2.0
import Dispatch
import Glibc
import HostRecords
import HostSystem
import Synchronization

/// Shows a run that works in a unit, to its end. Any number of terminals may follow; one that goes away changes nothing.
struct RunFollower {
    let log: HostPath
    let unit: String
    let console: Console
    /// Whether this terminal began the run: its first Ctrl-C is for the run, and questions are asked here.
    let isOwner: Bool

    private static let pollMilliseconds: UInt64 = 50

    /// - Returns: the exit status of the run; 130 when this terminal let go of it.
    func follow() async throws -> Int32 {
        let presses = Presses()
        let sources = listen(presses)
        defer { for source in sources { source.cancel() } }
        var reader = try RunReader(log)
        var status: Int32?
        var idle: UInt64 = 0
        while true {
            let lines = try reader.next()
            idle = lines.isEmpty ? idle + RunFollower.pollMilliseconds : 0
            for line in lines {
                switch line {
                case .ended(let found): status = found
                case .closed: return status ?? ExitStatus.operatorNeeded.rawValue
                case .question(let question): ask(question)
                default: console.replay(line)
                }
            }
            if presses.isDetached { return detach() }
            if idle >= 500, idle % 500 == 0, try await hasUnitEnded() {
                // What was said between the last look and the end.
                for line in try reader.next() {
                    if case .ended(let found) = line { status = found } else { console.replay(line) }
                }
                if let status { return status }
                console.say("bundle: error: the run died without a word")
                console.say("bundle: hint: `bundle recover`, then `bundle status`")
                return ExitStatus.operatorNeeded.rawValue
            }
            try await Task.sleep(nanoseconds: RunFollower.pollMilliseconds * 1_000_000)
        }
    }

    private func hasUnitEnded() async throws -> Bool {
        let shown = try await SystemCommandRunner().run(
            Command(["systemctl", "show", "--property=ActiveState", "--value", "--", "\(unit).service"]))
        let state = shown.outputText.prefix { $0 != "\n" }
        return shown.status == 0 && ["inactive", "failed"].contains(state)
    }

    private func ask(_ question: String) {
        guard isOwner, Console.hasTerminal else { return console.say(question + "(asked where the run was begun)") }
        let log = log
        DispatchQueue.global().async { RunQuestion.answer(question, for: log) }
    }

    private func detach() -> Int32 {
        ProgressScreen.shared.clear()
        console.say("the run goes on without this terminal; `bundle status --follow` attaches again")
        return ExitStatus.interrupted.rawValue
    }

    // MARK: - Ctrl-C

    /// cli §3.4: the first is for the run, the second lets go of it. SIGHUP and SIGTERM end this process and nothing else.
    private func listen(_ presses: Presses) -> [any DispatchSourceSignal] {
        signal(SIGINT, SIG_IGN)
        let source = DispatchSource.makeSignalSource(signal: SIGINT, queue: .global())
        let unit = unit
        let isOwner = isOwner
        source.setEventHandler {
            guard presses.press(isOwner: isOwner) else { return }
            Task {
                _ = try? await SystemCommandRunner().run(
                    Command(["systemctl", "kill", "--signal=SIGINT", "--kill-who=main", "--", "\(unit).service"]))
            }
        }
        source.resume()
        return [source]
    }

    private final class Presses: Sendable {
        private let count = Mutex(0)
        private let detached = Mutex(false)
        var isDetached: Bool { detached.withLock { $0 } }

        /// - Returns: whether the run is to be told.
        func press(isOwner: Bool) -> Bool {
            let number = count.withLock { count in
                count += 1
                return count
            }
            if isOwner, number == 1 { return true }
            detached.withLock { $0 = true }
            return false
        }
    }
}
