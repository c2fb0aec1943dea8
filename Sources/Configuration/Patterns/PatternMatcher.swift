// SPDX-License-Identifier: Apache-2.0

/// Runs a program over a text: the set of live threads advances one character at a time, each instruction at most once
/// a step, so the work is at most (instructions × characters).
struct PatternMatcher {
    private let program: [Pattern.Instruction]
    private let text: [Unicode.Scalar]
    private var seen: [Int]

    init(program: [Pattern.Instruction], text: [Unicode.Scalar]) {
        self.program = program
        self.text = text
        seen = Array(repeating: -1, count: program.count)
    }

    consuming func run() -> Bool {
        var threads: [Int] = []
        for position in 0...text.count {
            var live: [Int] = []
            // A new thread at every position: the pattern may begin anywhere.
            for thread in threads + [0] where follow(thread, at: position, into: &live) { return true }
            guard position < text.count else { return false }
            threads = live.compactMap { index in
                guard case .scalar(let set) = program[index] else { return nil }
                return set.contains(text[position]) ? index + 1 : nil
            }
        }
        return false
    }

    /// Follows everything that consumes no character.
    /// - Returns: true when the match is complete.
    private mutating func follow(_ thread: Int, at position: Int, into live: inout [Int]) -> Bool {
        var pending = [thread]
        while let index = pending.popLast() {
            guard seen[index] != position else { continue }
            seen[index] = position
            switch program[index] {
            case .match: return true
            case .scalar: live.append(index)
            case .jump(let target): pending.append(target)
            case .split(let first, let second): pending += [second, first]
            case .start: if position == 0 { pending.append(index + 1) }
            case .end: if position == text.count { pending.append(index + 1) }
            case .boundary(let wanted): if isBoundary(position) == wanted { pending.append(index + 1) }
            }
        }
        return false
    }

    private func isBoundary(_ position: Int) -> Bool {
        let before = position > 0 && ScalarSet.word.contains(text[position - 1])
        let after = position < text.count && ScalarSet.word.contains(text[position])
        return before != after
    }
}
