// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostRecords
import Synchronization

/// How far a run is: on a terminal one line at the bottom that is drawn again, elsewhere a plain line for each step and
/// each tenth.
final class ProgressScreen: Sendable {
    static let shared = ProgressScreen()

    private struct State {
        var line = ""
        var title = ""
        var tenth = -1
    }

    private let state = Mutex(State())

    func show(_ progress: RunProgress) {
        let text = ProgressScreen.text(progress)
        guard Console.isTerminal else {
            let isNew = state.withLock { state in
                guard state.title != progress.title || progress.percent / 10 > state.tenth else { return false }
                state.title = progress.title
                state.tenth = progress.percent / 10
                return true
            }
            if isNew { ProgressScreen.write(text + "\n") }
            return
        }
        let line = "\(ProgressScreen.bar(progress.percent)) \(text)"
        let isNew = state.withLock { state in
            defer { state.line = line }
            return state.line != line
        }
        if isNew { ProgressScreen.write("\r\u{1B}[K" + line) }
    }

    /// Text that stays, above the line.
    func around(_ text: String) -> String {
        let line = state.withLock(\.line)
        return line.isEmpty ? text : "\r\u{1B}[K\(text)\(line)"
    }

    /// Takes the line away: what follows is the answer.
    func clear() {
        let line = state.withLock { state in
            defer { state.line = "" }
            return state.line
        }
        if !line.isEmpty { ProgressScreen.write("\r\u{1B}[K") }
    }

    static func text(_ progress: RunProgress) -> String {
        let percent = String(repeating: " ", count: progress.percent < 10 ? 2 : progress.percent < 100 ? 1 : 0)
        var text = "[\(percent)\(progress.percent) %] \(progress.title)"
        if let left = progress.left {
            text += ", \(span(left)) left"
        } else if let left = progress.leftOfStep {
            text += ", \(span(left)) left of this step"
        }
        return text
    }

    private static func span(_ seconds: Int) -> String {
        if seconds < 60 { return "\(seconds) s" }
        return seconds < 3600
            ? "\(seconds / 60) min \(seconds % 60) s" : "\(seconds / 3600) h \(seconds % 3600 / 60) min"
    }

    private static func bar(_ percent: Int) -> String {
        let full = percent / 5
        return String(repeating: "#", count: full) + String(repeating: ".", count: 20 - full)
    }

    private static func write(_ text: String) {
        var copy = text
        copy.withUTF8 { _ = Glibc.write(STDERR_FILENO, $0.baseAddress, $0.count) }
    }
}
