// SPDX-License-Identifier: Apache-2.0

/// A fault in a template's syntax, by offset in its bytes.
struct TemplateSyntaxFault: Error, Equatable {
    var offset: Int
    var fault: TemplateProblem.Fault
}

/// A stretch of a template: text outside of tags, or what stands inside of one.
enum TemplatePiece: Equatable {
    case text([UInt8])
    /// `{{ … }}`
    case output([TemplateToken], TemplatePlace, offset: Int)
    /// `{% … %}`
    case tag([TemplateToken], TemplatePlace, offset: Int)
}

/// Cuts a template into pieces, byte by byte, so that text comes out as it went in, whatever its line ends.
///
/// A tag that is opened and never closed is a fault; Stencil's own lexer drops the rest of the file without a word.
struct TemplateLexer {
    private let bytes: [UInt8]
    private var position = 0
    private var pieces: [TemplatePiece] = []
    private var marks: PlaceCounter
    /// Whether the last tag ended in `-`, so that white space after it goes.
    private var trimsNext = false

    static func pieces(of template: [UInt8]) throws(TemplateSyntaxFault) -> [TemplatePiece] {
        guard template.count <= TemplateRenderer.maximumTemplateBytes else {
            throw TemplateSyntaxFault(offset: 0, fault: .tooLarge)
        }
        guard String(validating: template, as: UTF8.self) != nil else {
            throw TemplateSyntaxFault(offset: 0, fault: .notUTF8)
        }
        var lexer = TemplateLexer(template)
        while lexer.position < lexer.bytes.count { try lexer.step() }
        return lexer.pieces
    }

    static func place(of offset: Int, in template: [UInt8]) -> (line: Int, column: Int) {
        var counter = PlaceCounter(bytes: template)
        let place = counter.place(of: offset)
        return (place.line, place.column)
    }

    private init(_ bytes: [UInt8]) {
        self.bytes = bytes
        marks = PlaceCounter(bytes: bytes)
    }

    private mutating func step() throws(TemplateSyntaxFault) {
        let start = position
        while position < bytes.count, opening(at: position) == nil { position += 1 }
        append(text: bytes[start..<position])
        guard position < bytes.count, let kind = opening(at: position) else { return }
        if kind == UInt8(ascii: "#") { try comment() } else { try tag(kind) }
    }

    private func opening(at index: Int) -> UInt8? {
        guard bytes[index] == UInt8(ascii: "{"), index + 1 < bytes.count else { return nil }
        let next = bytes[index + 1]
        return next == UInt8(ascii: "{") || next == UInt8(ascii: "%") || next == UInt8(ascii: "#") ? next : nil
    }

    private mutating func append(text: ArraySlice<UInt8>) {
        var text = text
        if trimsNext { text = text.drop(while: Self.isSpace) }
        if !text.isEmpty {
            trimsNext = false
            pieces.append(.text(Array(text)))
        }
    }

    private mutating func trimBefore() {
        guard case .text(var text) = pieces.last else { return }
        while let last = text.last, Self.isSpace(last) { text.removeLast() }
        pieces[pieces.count - 1] = .text(text)
    }

    private mutating func comment() throws(TemplateSyntaxFault) {
        let start = position
        position += 2
        while position + 1 < bytes.count {
            if bytes[position] == UInt8(ascii: "#"), bytes[position + 1] == UInt8(ascii: "}") {
                position += 2
                trimsNext = false
                return
            }
            position += 1
        }
        throw TemplateSyntaxFault(offset: start, fault: .unclosed("{#"))
    }

    private mutating func tag(_ kind: UInt8) throws(TemplateSyntaxFault) {
        let start = position
        let isOutput = kind == UInt8(ascii: "{")
        position += 2
        if position < bytes.count, bytes[position] == UInt8(ascii: "-") {
            position += 1
            trimBefore()
        }
        trimsNext = false
        let closing = isOutput ? UInt8(ascii: "}") : kind
        var scanner = TokenScanner(bytes: bytes, position: position, opening: start, closing: closing, marks: marks)
        let tokens = try scanner.scan()
        (position, marks) = (scanner.position, scanner.marks)
        trimsNext = scanner.trims
        let place = marks.place(of: start)
        pieces.append(
            isOutput ? .output(tokens, place, offset: start) : .tag(tokens, place, offset: start))
    }

    static func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x9...0xd).contains(byte) }
}

/// Turns offsets into lines and columns; cheap when asked in rising order.
struct PlaceCounter {
    let bytes: [UInt8]
    private var offset = 0
    private var current = TemplatePlace(line: 1, column: 1)

    init(bytes: [UInt8]) { self.bytes = bytes }

    mutating func place(of target: Int) -> TemplatePlace {
        if target < offset { (offset, current) = (0, TemplatePlace(line: 1, column: 1)) }
        while offset < min(target, bytes.count) {
            if bytes[offset] == UInt8(ascii: "\n") {
                current = TemplatePlace(line: current.line + 1, column: 1)
            } else if bytes[offset] & 0xc0 != 0x80 {
                // Bytes that continue a character of UTF-8 add no column.
                current.column += 1
            }
            offset += 1
        }
        return current
    }
}
