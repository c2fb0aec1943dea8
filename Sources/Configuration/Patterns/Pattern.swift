// SPDX-License-Identifier: Apache-2.0

/// A regular expression of the subset that docs/values.md lists, matched in time linear in the text.
///
/// Swift's own `Regex` backtracks: `(a+)+$` on thirty letters already takes minutes, and a pattern that is wrong would
/// hang an installation. This one is a Thompson machine: all alternatives advance together, one character at a time.
package struct Pattern: Equatable, Sendable {
    enum Instruction: Equatable, Sendable {
        case scalar(ScalarSet)
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case boundary(Bool)
        case match
    }

    /// More than any hand-written pattern needs; bounds what `{1,1000}` may expand to.
    static let maximumInstructions = 4000
    /// Bytes of a text that is matched at all; with the bound above, the most work a match can be.
    package static let maximumTextBytes = 65_536

    package let source: String
    let program: [Instruction]

    /// - Throws: `PatternFault`.
    package init(_ source: String) throws(PatternFault) {
        self.source = source
        let tree = try PatternReader.tree(of: source)
        var compiler = PatternCompiler()
        try compiler.emit(tree)
        try compiler.append(.match)
        program = compiler.program
    }

    /// Whether the pattern is found anywhere in the text; `^` and `$` pin it (ECMA-262 without the m flag).
    /// A text longer than `maximumTextBytes` matches nothing: the schema reports its length first.
    package func matches(_ text: String) -> Bool {
        guard text.utf8.count <= Self.maximumTextBytes else { return false }
        return PatternMatcher(program: program, text: Array(text.unicodeScalars)).run()
    }
}

/// Why a text is not a pattern of ours.
package enum PatternFault: Error, Equatable, Sendable {
    case unclosed(Character)
    case unexpected(Character)
    case endsInside
    case badRange
    /// Look-around, back references, named groups, properties we do not carry.
    case unsupported(String)
    case tooLarge
}
