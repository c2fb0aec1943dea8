// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import YAMLDocuments

/// Collects what is wrong while a document is read, so that one pass finds all of it.
final class SpecReader {
    private(set) var problems: [SpecProblem] = []

    func note(_ place: Place, _ fault: SpecProblem.Fault) { problems.append(SpecProblem(place, fault)) }

    /// Reads a mapping whose keys are known; every other key is a problem that names the nearest.
    func keys(_ node: YAMLNode, _ known: [String]) -> Keys? {
        guard let pairs = node.mapping else {
            note(node.place, .wrongType(expected: "a mapping"))
            return nil
        }
        for pair in pairs where !known.contains(pair.name) {
            note(pair.key.place, .unknownKey(pair.name, nearest: Nearest.of(pair.name, among: known)))
        }
        return Keys(node: node, reader: self)
    }

    /// Reads a mapping whose keys are the author's own names.
    func names(_ node: YAMLNode?, _ isName: (String) -> Bool, expected: String) -> [YAMLNode.Pair] {
        guard let node else { return [] }
        guard let pairs = node.mapping else {
            note(node.place, .wrongType(expected: "a mapping"))
            return []
        }
        return pairs.filter { pair in
            guard !isName(pair.name) else { return true }
            note(pair.key.place, .badValue(pair.name, expected: expected))
            return false
        }
    }

    func list(_ node: YAMLNode?) -> [YAMLNode] {
        guard let node else { return [] }
        guard let nodes = node.sequence else {
            note(node.place, .wrongType(expected: "a list"))
            return []
        }
        return nodes
    }

    /// A scalar of any type as the text that was written: `8443` may stand where a text is wanted.
    func text(_ node: YAMLNode) -> String? {
        guard let scalar = node.scalar, !node.isNull else {
            note(node.place, .wrongType(expected: "a text"))
            return nil
        }
        return scalar.text
    }

    func texts(_ node: YAMLNode?) -> [String] { list(node).compactMap(text) }

    func flag(_ node: YAMLNode?) -> Bool? {
        guard let node else { return nil }
        guard let value = node.bool else {
            note(node.place, .wrongType(expected: "true or false"))
            return nil
        }
        return value
    }

    func integer(_ node: YAMLNode?, _ range: ClosedRange<Int>) -> Int? {
        guard let node else { return nil }
        guard let value = node.int else {
            note(node.place, .wrongType(expected: "a whole number"))
            return nil
        }
        guard range.contains(value) else {
            note(node.place, .badValue("\(value)", expected: "\(range.lowerBound) to \(range.upperBound)"))
            return nil
        }
        return value
    }

    func span(_ node: YAMLNode?) -> TimeSpan? {
        parsed(node, expected: "a time such as 250ms, 20s, 10m or 2h") { TimeSpan($0) }
    }

    /// Reads a text by a parser of its own.
    func parsed<Value>(_ node: YAMLNode?, expected: String, _ parse: (String) -> Value?) -> Value? {
        guard let node, let text = text(node) else { return nil }
        guard let value = parse(text) else {
            note(node.place, .badValue(text, expected: expected))
            return nil
        }
        return value
    }

    /// A word out of a few.
    func word<Word: RawRepresentable & CaseIterable>(_ node: YAMLNode?, as type: Word.Type) -> Word?
    where Word.RawValue == String {
        let words = Word.allCases.map(\.rawValue)
        return parsed(node, expected: words.joined(separator: ", ")) { Word(rawValue: $0) }
    }

    /// A key that the grammar has and this version does not build.
    func refuse(_ node: YAMLNode?, _ key: String) {
        if let node { note(node.place, .notBuiltYet(key)) }
    }

    /// A mapping, of which the keys that are there can be asked for.
    struct Keys {
        let node: YAMLNode
        let reader: SpecReader

        subscript(_ key: String) -> YAMLNode? { node[key] }

        /// The value under a key that must be there.
        func required(_ key: String) -> YAMLNode? {
            if let value = node[key] { return value }
            reader.note(node.place, .missingKey(key))
            return nil
        }

        func text(_ key: String) -> String? { node[key].flatMap(reader.text) }
    }
}

/// The known name that a misspelt one most likely means.
enum Nearest {
    /// - Returns: nil when none is near: more than a third of the letters would have to change.
    static func of(_ wrong: String, among known: [String]) -> String? {
        let scored = known.map { ($0, distance(Array(wrong.utf8), Array($0.utf8))) }
        guard let best = scored.min(by: { ($0.1, $0.0) < ($1.1, $1.0) }) else { return nil }
        return best.1 <= max(1, best.0.utf8.count / 3) ? best.0 : nil
    }

    /// Levenshtein's.
    private static func distance(_ left: [UInt8], _ right: [UInt8]) -> Int {
        var row = Array(0...right.count)
        for (i, a) in left.enumerated() {
            var diagonal = row[0]
            row[0] = i + 1
            for (j, b) in right.enumerated() {
                let above = row[j + 1]
                row[j + 1] = min(above + 1, row[j] + 1, diagonal + (a == b ? 0 : 1))
                diagonal = above
            }
        }
        return row[right.count]
    }
}

/// Sizes as authors write them: `512M`, `2G`, or bytes.
enum ByteSize {
    static func parse(_ text: String) -> Int64? {
        let digits = text.prefix { $0.isASCII && $0.isNumber }
        let shifts = ["": Int64(0), "K": 10, "M": 20, "G": 30, "T": 40]
        guard let number = Int64(digits), let shift = shifts[String(text.dropFirst(digits.count))] else { return nil }
        let (product, overflow) = number.multipliedReportingOverflow(by: 1 << shift)
        return overflow || product <= 0 ? nil : product
    }
}
