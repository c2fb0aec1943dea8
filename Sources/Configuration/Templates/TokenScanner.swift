// SPDX-License-Identifier: Apache-2.0

/// One word of what stands inside of a tag.
struct TemplateToken: Equatable {
    enum Kind: Equatable {
        case name(String)
        case text(String)
        case integer(Int)
        case number(Double)
        case symbol(String)
    }

    var kind: Kind
    var place: TemplatePlace
    var offset: Int
}

/// Reads the words of one tag up to its end; an end inside of a quoted text is text.
struct TokenScanner {
    private static let symbols = ["==", "!=", "<=", ">=", "<", ">", ".", ",", "|", ":", "(", ")", "[", "]"]

    let bytes: [UInt8]
    private(set) var position: Int
    private(set) var marks: PlaceCounter
    /// Whether the tag ended in `-`.
    private(set) var trims = false
    private let opening: Int
    private let closing: UInt8

    init(bytes: [UInt8], position: Int, opening: Int, closing: UInt8, marks: PlaceCounter) {
        self.bytes = bytes
        self.position = position
        self.opening = opening
        self.closing = closing
        self.marks = marks
    }

    mutating func scan() throws(TemplateSyntaxFault) -> [TemplateToken] {
        var tokens: [TemplateToken] = []
        while position < bytes.count {
            if TemplateLexer.isSpace(bytes[position]) {
                position += 1
            } else if takeEnd() {
                return tokens
            } else {
                tokens.append(try token())
            }
        }
        let name = closing == UInt8(ascii: "}") ? "{{" : "{%"
        throw TemplateSyntaxFault(offset: opening, fault: .unclosed(name))
    }

    private mutating func takeEnd() -> Bool {
        var end = position
        let hasDash = bytes[end] == UInt8(ascii: "-")
        if hasDash { end += 1 }
        guard end + 1 < bytes.count, bytes[end] == closing, bytes[end + 1] == UInt8(ascii: "}") else { return false }
        trims = hasDash
        position = end + 2
        return true
    }

    private mutating func token() throws(TemplateSyntaxFault) -> TemplateToken {
        let start = position
        let place = marks.place(of: start)
        let kind = try kind()
        return TemplateToken(kind: kind, place: place, offset: start)
    }

    private mutating func kind() throws(TemplateSyntaxFault) -> TemplateToken.Kind {
        let byte = bytes[position]
        if byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "'") { return .text(try quoted(byte)) }
        if Self.isDigit(byte)
            || (byte == UInt8(ascii: "-") && position + 1 < bytes.count && Self.isDigit(bytes[position + 1]))
        {
            return try number()
        }
        if Self.isNameStart(byte) { return .name(name()) }
        for symbol in Self.symbols where bytes[position...].starts(with: symbol.utf8) {
            position += symbol.utf8.count
            return .symbol(symbol)
        }
        let shown = String(decoding: bytes[position...].prefix { !TemplateLexer.isSpace($0) }.prefix(12), as: UTF8.self)
        throw TemplateSyntaxFault(offset: position, fault: .unexpected(shown))
    }

    /// Backslash escapes the quote and itself; before anything else it is a backslash.
    private mutating func quoted(_ quote: UInt8) throws(TemplateSyntaxFault) -> String {
        let start = position
        var text: [UInt8] = []
        position += 1
        while position < bytes.count, bytes[position] != quote {
            let next = position + 1 < bytes.count ? bytes[position + 1] : 0
            if bytes[position] == UInt8(ascii: "\\"), next == quote || next == UInt8(ascii: "\\") { position += 1 }
            text.append(bytes[position])
            position += 1
        }
        guard position < bytes.count else {
            throw TemplateSyntaxFault(offset: start, fault: .unclosed(quote == UInt8(ascii: "'") ? "'" : "\""))
        }
        position += 1
        return String(decoding: text, as: UTF8.self)
    }

    private mutating func number() throws(TemplateSyntaxFault) -> TemplateToken.Kind {
        let start = position
        position += 1
        while position < bytes.count, Self.isDigit(bytes[position]) { position += 1 }
        // `peers.0.host` has digits between dots; a fraction has a digit after its one dot and no name around it.
        if position + 1 < bytes.count, bytes[position] == UInt8(ascii: "."), Self.isDigit(bytes[position + 1]),
            start == 0 || bytes[start - 1] != UInt8(ascii: ".")
        {
            position += 1
            while position < bytes.count, Self.isDigit(bytes[position]) { position += 1 }
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if let integer = Int(text) { return .integer(integer) }
        if text.contains("."), let number = Double(text) { return .number(number) }
        throw TemplateSyntaxFault(offset: start, fault: .unexpected(text))
    }

    /// Names may hold `-`, as values, services and secrets do: the language has no arithmetic.
    private mutating func name() -> String {
        let start = position
        while position < bytes.count, Self.isNameStart(bytes[position]) || Self.isDigit(bytes[position]) || isDash() {
            position += 1
        }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }

    /// A dash inside of a name is followed by more name; `-}}` is the end of the tag.
    private func isDash() -> Bool {
        guard bytes[position] == UInt8(ascii: "-"), position + 1 < bytes.count else { return false }
        return Self.isNameStart(bytes[position + 1]) || Self.isDigit(bytes[position + 1])
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte) || byte == UInt8(ascii: "_")
    }
}
