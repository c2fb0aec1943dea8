// SPDX-License-Identifier: Apache-2.0

/// The known name that a misspelt one probably meant.
package enum NearestName {
    /// - Returns: the name fewest edits away, when those are at most a third of its letters; the first in alphabetical
    ///   order among equals, so that a message is the same on every run.
    package static func of(_ name: String, among known: some Sequence<String>) -> String? {
        let limit = max(1, name.count / 3)
        var best: (name: String, edits: Int)?
        for candidate in known.sorted() where abs(candidate.count - name.count) <= limit && candidate.count <= 200 {
            let edits = distance(Array(name), Array(candidate))
            if edits <= limit, edits < (best?.edits ?? .max) { best = (candidate, edits) }
        }
        return best?.name
    }

    /// Levenshtein's distance with swapped neighbours counted once.
    private static func distance(_ left: [Character], _ right: [Character]) -> Int {
        guard !left.isEmpty, !right.isEmpty else { return max(left.count, right.count) }
        var before: [Int] = []
        var last = Array(0...right.count)
        for row in 1...left.count {
            var current = [row]
            for column in 1...right.count {
                let isSame = left[row - 1] == right[column - 1]
                var edits = min(last[column] + 1, current[column - 1] + 1, last[column - 1] + (isSame ? 0 : 1))
                if row > 1, column > 1, left[row - 1] == right[column - 2], left[row - 2] == right[column - 1] {
                    edits = min(edits, before[column - 2] + 1)
                }
                current.append(edits)
            }
            (before, last) = (last, current)
        }
        return last[right.count]
    }
}
