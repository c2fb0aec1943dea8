// SPDX-License-Identifier: Apache-2.0

/// What a pattern says, before it is a program.
indirect enum PatternTree: Equatable {
    case empty
    case scalar(ScalarSet)
    case start
    case end
    case boundary(Bool)
    case sequence([PatternTree])
    case choice([PatternTree])
    case loop(PatternTree, minimum: Int, maximum: Int?)
}

/// Reads a pattern by recursive descent, at most `maximumDepth` groups deep.
struct PatternReader {
    private static let maximumDepth = 50
    private let scalars: [Unicode.Scalar]
    private var position = 0
    private var depth = 0

    static func tree(of source: String) throws(PatternFault) -> PatternTree {
        var reader = PatternReader(scalars: Array(source.unicodeScalars))
        let tree = try reader.choice()
        guard reader.position == reader.scalars.count else { throw .unexpected(")") }
        return tree
    }

    private init(scalars: [Unicode.Scalar]) { self.scalars = scalars }

    private var next: Unicode.Scalar? { position < scalars.count ? scalars[position] : nil }

    private mutating func take(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        position += 1
        return true
    }

    private mutating func advance() throws(PatternFault) -> Unicode.Scalar {
        guard let scalar = next else { throw .endsInside }
        position += 1
        return scalar
    }

    private mutating func choice() throws(PatternFault) -> PatternTree {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.maximumDepth else { throw .tooLarge }
        var branches = [try sequence()]
        while take("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(PatternFault) -> PatternTree {
        var parts: [PatternTree] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            parts.append(try quantified())
        }
        return parts.isEmpty ? .empty : .sequence(parts)
    }

    private mutating func quantified() throws(PatternFault) -> PatternTree {
        let atom = try atom()
        var tree = atom
        switch next {
        case "*": (position, tree) = (position + 1, .loop(atom, minimum: 0, maximum: nil))
        case "+": (position, tree) = (position + 1, .loop(atom, minimum: 1, maximum: nil))
        case "?": (position, tree) = (position + 1, .loop(atom, minimum: 0, maximum: 1))
        case "{":
            position += 1
            tree = try counted(atom)
        default: return atom
        }
        _ = take("?")  // Lazy or greedy is one thing when only "found or not" is asked.
        return tree
    }

    private mutating func counted(_ atom: PatternTree) throws(PatternFault) -> PatternTree {
        let minimum = try number()
        var maximum: Int? = minimum
        if take(",") { maximum = next == "}" ? nil : try number() }
        guard take("}") else { throw .unclosed("{") }
        guard maximum.map({ $0 >= minimum }) ?? true else { throw .badRange }
        return .loop(atom, minimum: minimum, maximum: maximum)
    }

    private mutating func number() throws(PatternFault) -> Int {
        var digits = ""
        while let scalar = next, ScalarSet.digits.contains(scalar), digits.count < 5 {
            digits.unicodeScalars.append(scalar)
            position += 1
        }
        guard let number = Int(digits) else { throw .unclosed("{") }
        return number
    }

    private mutating func atom() throws(PatternFault) -> PatternTree {
        let scalar = try advance()
        switch scalar {
        case "^": return .start
        case "$": return .end
        case ".": return .scalar(.any)
        case "[": return .scalar(try scalarClass())
        case "(": return try group()
        case "\\":
            if take("b") { return .boundary(true) }
            if take("B") { return .boundary(false) }
            return .scalar(try escape())
        case "*", "+", "?", "{", "}", "]": throw .unexpected(Character(scalar))
        default: return .scalar(ScalarSet(scalar))
        }
    }

    private mutating func group() throws(PatternFault) -> PatternTree {
        if take("?"), !take(":") { throw .unsupported("(?\(next.map(String.init) ?? "")") }
        let tree = try choice()
        guard take(")") else { throw .unclosed("(") }
        return tree
    }

    private mutating func scalarClass() throws(PatternFault) -> ScalarSet {
        var set = ScalarSet()
        set.isNegated = take("^")
        while !take("]") {
            let first = try classMember()
            guard let low = first.single, next == "-", position + 1 < scalars.count, scalars[position + 1] != "]" else {
                set.members.append(first)
                continue
            }
            position += 1
            guard let high = try classMember().single, low <= high else { throw .badRange }
            set.ranges.append(low...high)
        }
        return set
    }

    private mutating func classMember() throws(PatternFault) -> ScalarSet {
        guard let scalar = next else { throw .unclosed("[") }
        position += 1
        guard scalar == "\\" else { return ScalarSet(scalar) }
        if take("b") { return ScalarSet("\u{8}") }
        return try escape()
    }

    private mutating func escape() throws(PatternFault) -> ScalarSet {
        let scalar = try advance()
        switch scalar {
        case "d": return .digits
        case "D": return .digits.negated()
        case "w": return .word
        case "W": return .word.negated()
        case "s": return .space
        case "S": return .space.negated()
        case "n": return ScalarSet("\n")
        case "r": return ScalarSet("\r")
        case "t": return ScalarSet("\t")
        case "f": return ScalarSet("\u{c}")
        case "v": return ScalarSet("\u{b}")
        case "p": return try property()
        case "P": return try property().negated()
        case "x": return try hexadecimal(digits: 2)
        case "u": return try hexadecimal(digits: 4)
        default:
            // An escaped letter or digit that means nothing here means something elsewhere: never guess.
            guard !ScalarSet.word.contains(scalar) || scalar == "_" else { throw .unsupported("\\\(scalar)") }
            return ScalarSet(scalar)
        }
    }

    private mutating func property() throws(PatternFault) -> ScalarSet {
        guard take("{") else { throw .unexpected("p") }
        var name = ""
        while !take("}") { name.unicodeScalars.append(try advance()) }
        guard let category = ScalarSet.Category(name) else { throw .unsupported("\\p{\(name)}") }
        return ScalarSet(category: category)
    }

    private mutating func hexadecimal(digits: Int) throws(PatternFault) -> ScalarSet {
        var text = ""
        for _ in 0..<digits { text.unicodeScalars.append(try advance()) }
        guard let value = UInt32(text, radix: 16), let scalar = Unicode.Scalar(value) else { throw .badRange }
        return ScalarSet(scalar)
    }
}

extension ScalarSet {
    /// The one character of a set that is a single character.
    fileprivate var single: UInt32? {
        guard ranges.count == 1, members.isEmpty, categories.isEmpty, !isNegated else { return nil }
        return ranges[0].count == 1 ? ranges[0].lowerBound : nil
    }
}
