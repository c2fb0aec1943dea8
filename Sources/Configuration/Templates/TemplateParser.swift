// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// Builds the nodes of a template from its pieces.
struct TemplateParser {
    /// How a block ended: the tag's word, its other tokens and its place.
    private struct Ending {
        var word: String
        var tokens: [TemplateToken]
        var offset: Int
    }

    private static let tags = ["if", "elif", "else", "endif", "for", "empty", "endfor"]

    private let pieces: [TemplatePiece]
    private var position = 0
    private var depth = 0

    init(_ pieces: [TemplatePiece]) { self.pieces = pieces }

    mutating func parse() throws(TemplateSyntaxFault) -> [TemplateNode] {
        let (nodes, ending) = try block()
        if let ending { throw TemplateSyntaxFault(offset: ending.offset, fault: .unexpectedTag(ending.word)) }
        return nodes
    }

    /// Reads nodes up to a tag that is not the beginning of one, which it takes.
    private mutating func block() throws(TemplateSyntaxFault) -> ([TemplateNode], Ending?) {
        var nodes: [TemplateNode] = []
        while position < pieces.count {
            let piece = pieces[position]
            position += 1
            switch piece {
            case .text(let text): nodes.append(.text(text))
            case .output(let tokens, let place, let offset):
                var parser = ExpressionParser(tokens, end: offset)
                nodes.append(.output(try parser.whole(), tokens.first?.place ?? place))
            case .tag(let tokens, let place, let offset):
                guard case .name(let word) = tokens.first?.kind else {
                    throw TemplateSyntaxFault(offset: offset, fault: .expected("a tag's name"))
                }
                let rest = Array(tokens.dropFirst())
                switch word {
                case "if":
                    nodes.append(
                        try nested(offset) { parser throws(TemplateSyntaxFault) in
                            try parser.conditional(rest, offset)
                        })
                case "for":
                    nodes.append(
                        try nested(offset) { parser throws(TemplateSyntaxFault) in
                            try parser.loop(rest, tokens.first?.place ?? place, offset)
                        })
                case _ where Self.tags.contains(word): return (nodes, Ending(word: word, tokens: rest, offset: offset))
                default:
                    let nearest = NearestName.of(word, among: Self.tags)
                    throw TemplateSyntaxFault(offset: offset, fault: .unknownTag(word, nearest: nearest))
                }
            }
        }
        return (nodes, nil)
    }

    private mutating func nested(
        _ offset: Int, _ body: (inout TemplateParser) throws(TemplateSyntaxFault) -> TemplateNode
    ) throws(TemplateSyntaxFault) -> TemplateNode {
        depth += 1
        defer { depth -= 1 }
        guard depth <= TemplateRenderer.maximumDepth else { throw TemplateSyntaxFault(offset: offset, fault: .tooDeep) }
        return try body(&self)
    }

    private mutating func conditional(
        _ tokens: [TemplateToken], _ offset: Int
    ) throws(TemplateSyntaxFault) -> TemplateNode {
        var branches: [TemplateNode.Branch] = []
        var condition: TemplateExpression? = try expression(tokens, offset)
        while true {
            let (body, ending) = try block()
            branches.append(TemplateNode.Branch(condition: condition, body: body))
            guard let ending else { throw TemplateSyntaxFault(offset: offset, fault: .unclosed("if")) }
            switch ending.word {
            case "endif":
                try expectNothing(ending)
                return .conditional(branches)
            case "elif" where condition != nil: condition = try expression(ending.tokens, ending.offset)
            case "else" where condition != nil:
                try expectNothing(ending)
                condition = nil
            default: throw TemplateSyntaxFault(offset: ending.offset, fault: .unexpectedTag(ending.word))
            }
        }
    }

    private mutating func loop(
        _ tokens: [TemplateToken], _ place: TemplatePlace, _ offset: Int
    ) throws(TemplateSyntaxFault) -> TemplateNode {
        var parser = ExpressionParser(tokens, end: offset)
        var names = [try parser.takeName()]
        if parser.takeSymbol(",") { names.append(try parser.takeName()) }
        guard parser.takeWord("in") else {
            throw TemplateSyntaxFault(offset: parser.next?.offset ?? offset, fault: .expected("in"))
        }
        let list = try parser.whole()
        var bodies: [[TemplateNode]] = []
        while true {
            let (body, ending) = try block()
            bodies.append(body)
            guard let ending else { throw TemplateSyntaxFault(offset: offset, fault: .unclosed("for")) }
            try expectNothing(ending)
            switch ending.word {
            case "endfor":
                let empty = bodies.count > 1 ? bodies[1] : []
                return .loop(TemplateNode.Loop(names: names, list: list, body: bodies[0], empty: empty, place: place))
            // Stencil's word, and Jinja's.
            case "empty" where bodies.count == 1, "else" where bodies.count == 1: continue
            default: throw TemplateSyntaxFault(offset: ending.offset, fault: .unexpectedTag(ending.word))
            }
        }
    }

    private func expression(
        _ tokens: [TemplateToken], _ offset: Int
    ) throws(TemplateSyntaxFault) -> TemplateExpression {
        var parser = ExpressionParser(tokens, end: offset)
        return try parser.whole()
    }

    private func expectNothing(_ ending: Ending) throws(TemplateSyntaxFault) {
        guard let token = ending.tokens.first else { return }
        throw TemplateSyntaxFault(offset: token.offset, fault: .unexpected("more after \(ending.word)"))
    }
}
