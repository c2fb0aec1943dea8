// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// Reads the expression of a tag. From loosest to tightest: `a if c else b`, `or`, `and`, `not`, comparisons and `in`,
/// filters; as in Jinja. (Stencil binds `in` loosest of all, so that `a or b in c` surprises.)
struct ExpressionParser {
    private let tokens: [TemplateToken]
    private var position = 0
    private var depth = 0
    private let end: Int

    /// - Parameter end: offset that a fault at the end of the tag is reported at.
    init(_ tokens: [TemplateToken], end: Int) {
        self.tokens = tokens
        self.end = end
    }

    var next: TemplateToken? { position < tokens.count ? tokens[position] : nil }

    private var offset: Int { next?.offset ?? end }

    /// Reads a whole expression, to the end of the tag.
    mutating func whole() throws(TemplateSyntaxFault) -> TemplateExpression {
        let expression = try choice()
        if let rest = next { throw TemplateSyntaxFault(offset: rest.offset, fault: .unexpected(Self.shown(rest))) }
        return expression
    }

    mutating func takeSymbol(_ symbol: String) -> Bool { take(.symbol(symbol)) }
    mutating func takeWord(_ word: String) -> Bool { take(.name(word)) }

    mutating func takeName() throws(TemplateSyntaxFault) -> String {
        guard case .name(let name) = next?.kind else {
            throw TemplateSyntaxFault(offset: offset, fault: .expected("a name"))
        }
        position += 1
        return name
    }

    private mutating func take(_ kind: TemplateToken.Kind) -> Bool {
        guard next?.kind == kind else { return false }
        position += 1
        return true
    }

    private mutating func choice() throws(TemplateSyntaxFault) -> TemplateExpression {
        depth += 1
        defer { depth -= 1 }
        guard depth <= TemplateRenderer.maximumDepth else { throw TemplateSyntaxFault(offset: offset, fault: .tooDeep) }
        let value = try disjunction()
        guard takeWord("if") else { return value }
        let condition = try disjunction()
        guard takeWord("else") else { throw TemplateSyntaxFault(offset: offset, fault: .expected("else")) }
        return .choice(value, condition: condition, otherwise: try choice())
    }

    private mutating func disjunction() throws(TemplateSyntaxFault) -> TemplateExpression {
        var left = try conjunction()
        while takeWord("or") { left = .or(left, try conjunction()) }
        return left
    }

    private mutating func conjunction() throws(TemplateSyntaxFault) -> TemplateExpression {
        var left = try negation()
        while takeWord("and") { left = .and(left, try negation()) }
        return left
    }

    private mutating func negation() throws(TemplateSyntaxFault) -> TemplateExpression {
        var count = 0
        while takeWord("not") { count += 1 }
        let expression = try comparison()
        return count.isMultiple(of: 2) ? (count == 0 ? expression : .not(.not(expression))) : .not(expression)
    }

    private mutating func comparison() throws(TemplateSyntaxFault) -> TemplateExpression {
        let left = try filtered()
        guard let token = next, let comparison = takeComparison() else { return left }
        return .comparison(left, comparison, try filtered(), token.place)
    }

    private mutating func takeComparison() -> TemplateExpression.Comparison? {
        if takeWord("in") { return .contained }
        if next?.kind == .name("not"), position + 1 < tokens.count, tokens[position + 1].kind == .name("in") {
            position += 2
            return .notContained
        }
        guard case .symbol(let symbol) = next?.kind, let comparison = TemplateExpression.Comparison(rawValue: symbol)
        else { return nil }
        position += 1
        return comparison
    }

    private mutating func filtered() throws(TemplateSyntaxFault) -> TemplateExpression {
        var expression = try primary()
        while takeSymbol("|") { expression = .filter(expression, try filterCall()) }
        return expression
    }

    /// `join:", "` as Stencil writes it, or `join(", ")` as Jinja does.
    private mutating func filterCall() throws(TemplateSyntaxFault) -> TemplateExpression.FilterCall {
        let (start, place) = (offset, next?.place ?? TemplatePlace(line: 1, column: 1))
        let name = try takeName()
        guard let filter = TemplateFilter(rawValue: name) ?? TemplateFilter.aliases[name] else {
            let nearest = NearestName.of(name, among: TemplateFilter.allCases.map(\.rawValue))
            throw TemplateSyntaxFault(offset: start, fault: .unknownFilter(name, nearest: nearest))
        }
        var arguments: [TemplateExpression] = []
        if takeSymbol(":") {
            repeat { arguments.append(try primary()) } while takeSymbol(",")
        } else if takeSymbol("("), !takeSymbol(")") {
            repeat { arguments.append(try choice()) } while takeSymbol(",")
            try expect(")")
        }
        let expected = filter == .default ? 1...1 : filter == .join ? 0...1 : 0...0
        guard expected.contains(arguments.count) else {
            throw TemplateSyntaxFault(offset: start, fault: .badFilterArguments(filter: name))
        }
        return TemplateExpression.FilterCall(name: filter, arguments: arguments, place: place)
    }

    private mutating func expect(_ symbol: String) throws(TemplateSyntaxFault) {
        guard takeSymbol(symbol) else { throw TemplateSyntaxFault(offset: offset, fault: .expected(symbol)) }
    }

    private mutating func primary() throws(TemplateSyntaxFault) -> TemplateExpression {
        guard let token = next else { throw TemplateSyntaxFault(offset: end, fault: .expected("a name or a value")) }
        position += 1
        switch token.kind {
        case .text(let text): return .literal(.text(text))
        case .integer(let integer): return .literal(.integer(integer))
        case .number(let number): return .literal(.number(number))
        case .name("true"): return .literal(.bool(true))
        case .name("false"): return .literal(.bool(false))
        case .name(let name): return try reference(name, token)
        case .symbol("("):
            let expression = try choice()
            try expect(")")
            return expression
        case .symbol: throw TemplateSyntaxFault(offset: token.offset, fault: .unexpected(Self.shown(token)))
        }
    }

    private mutating func reference(
        _ root: String, _ token: TemplateToken
    ) throws(TemplateSyntaxFault) -> TemplateExpression {
        let reserved: Set<String> = ["and", "or", "not", "in", "if", "else"]
        guard !reserved.contains(root) else {
            throw TemplateSyntaxFault(offset: token.offset, fault: .unexpected(root))
        }
        if root == "secret", takeSymbol("(") { return .secret(try secret(token)) }
        if next?.kind == .symbol("(") { throw TemplateSyntaxFault(offset: token.offset, fault: .notBuilt("\(root)()")) }
        var steps: [ValuePath.Step] = []
        while true {
            if takeSymbol(".") {
                steps.append(try dotStep())
            } else if takeSymbol("[") {
                steps.append(try bracketStep())
            } else {
                return .name(TemplateName(root: root, steps: steps, place: token.place))
            }
        }
    }

    private mutating func secret(_ token: TemplateToken) throws(TemplateSyntaxFault) -> TemplateName {
        guard case .text(let id) = next?.kind else {
            throw TemplateSyntaxFault(offset: offset, fault: .expected("a secret's ID in quotes"))
        }
        position += 1
        try expect(")")
        return TemplateName(root: "secrets", steps: [.key(id)], place: token.place)
    }

    private mutating func dotStep() throws(TemplateSyntaxFault) -> ValuePath.Step {
        if case .integer(let index) = next?.kind, index >= 0 {
            position += 1
            return .index(index)
        }
        return .key(try takeName())
    }

    private mutating func bracketStep() throws(TemplateSyntaxFault) -> ValuePath.Step {
        let step: ValuePath.Step
        switch next?.kind {
        case .integer(let index) where index >= 0: step = .index(index)
        case .text(let key): step = .key(key)
        default: throw TemplateSyntaxFault(offset: offset, fault: .expected("a number or a quoted key"))
        }
        position += 1
        try expect("]")
        return step
    }

    private static func shown(_ token: TemplateToken) -> String {
        switch token.kind {
        case .name(let name): name
        case .symbol(let symbol): symbol
        case .integer(let integer): String(integer)
        case .number(let number): String(number)
        case .text: "a quoted text"
        }
    }
}
