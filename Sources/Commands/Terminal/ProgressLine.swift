// SPDX-License-Identifier: Apache-2.0

/// One line on a terminal that counts up to 100 %; silent elsewhere, where nobody watches it.
final class ProgressLine {
    private let console: Console
    private let what: String
    private var shown: Int64 = -1

    init(console: Console, what: String) {
        self.console = console
        self.what = what
    }

    func show(_ done: Int64, _ total: Int64) {
        guard Console.isTerminal, !console.json, total > 0 else { return }
        let percent = done * 100 / total
        guard percent != shown else { return }
        shown = percent
        console.redraw("\(what): \(percent) %", ends: false)
    }

    /// Takes the line away: what follows is the answer.
    func end() {
        guard shown >= 0 else { return }
        console.redraw("", ends: false)
    }
}
