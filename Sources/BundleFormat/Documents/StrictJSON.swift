// SPDX-License-Identifier: Apache-2.0

/// Reads JSON as format §6 allows it and nothing else.
///
/// Foundation's decoder takes duplicate keys (the last wins, other readers take the first), reads `2.0` as an integer
/// and sets no limit on depth; each of these lets two programs see two different releases in one signed text
/// (decision 0001).
package struct StrictJSON {
    private let bytes: UnsafeBufferPointer<UInt8>
    private let isForeign: Bool
    private var position = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>, isForeign: Bool) {
        self.bytes = bytes
        self.isForeign = isForeign
    }

    /// - Throws: `FormatError.badJSON` with the place of the first fault.
    package static func parse(_ bytes: [UInt8]) throws(FormatError) -> JSONValue {
        #if COUNT_UNPROVEN
            DecoderWatch.tell(.json, bytes)
        #endif
        return try parse(bytes, isForeign: false)
    }

    /// - Parameter isForeign: numbers may be any that RFC 8259 allows and all read as 0, and U+0000 may stand in a string.
    static func parse(_ bytes: [UInt8], isForeign: Bool) throws(FormatError) -> JSONValue {
        let result: Result<JSONValue, FormatError> = bytes.withUnsafeBufferPointer { buffer in
            var scanner = StrictJSON(buffer, isForeign: isForeign)
            do throws(JSONFault) {
                return .success(try scanner.document())
            } catch {
                return .failure(.badJSON(error, offset: scanner.position))
            }
        }
        return try result.get()
    }

    private mutating func document() throws(JSONFault) -> JSONValue {
        if bytes.starts(with: [0xef, 0xbb, 0xbf]) { throw .byteOrderMark }
        skipSpace()
        let value = try value(depth: 1)
        skipSpace()
        guard position == bytes.count else { throw .trailingBytes }
        return value
    }

    private mutating func value(depth: Int) throws(JSONFault) -> JSONValue {
        guard depth <= Limits.jsonDepth else { throw .tooDeep }
        switch peek {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try word("true", .bool(true))
        case UInt8(ascii: "f"): return try word("false", .bool(false))
        case UInt8(ascii: "n"): return try word("null", .null)
        case nil: throw .unexpectedEnd
        case let byte? where byte == UInt8(ascii: "-") || (48...57).contains(byte):
            return .integer(isForeign ? try number() : try integer())
        default: throw .unexpectedByte
        }
    }

    private mutating func object(depth: Int) throws(JSONFault) -> JSONValue {
        var members: [JSONValue.Member] = []
        var keys: Set<String> = []
        position += 1
        skipSpace()
        if accept("}") { return .object([]) }
        while true {
            let start = position
            guard peek == UInt8(ascii: "\"") else { throw peek == nil ? .unexpectedEnd : .unexpectedByte }
            let key = try string()
            guard keys.insert(key).inserted else {
                position = start
                throw .duplicateKey
            }
            skipSpace()
            try demand(":")
            skipSpace()
            members.append(JSONValue.Member(key, try value(depth: depth + 1)))
            skipSpace()
            if accept("}") { return .object(members) }
            try demand(",")
            skipSpace()
        }
    }

    private mutating func array(depth: Int) throws(JSONFault) -> JSONValue {
        var elements: [JSONValue] = []
        position += 1
        skipSpace()
        if accept("]") { return .array([]) }
        while true {
            elements.append(try value(depth: depth + 1))
            skipSpace()
            if accept("]") { return .array(elements) }
            try demand(",")
            skipSpace()
        }
    }

    private mutating func integer() throws(JSONFault) -> Int64 {
        let negative = accept("-")
        let start = position
        var magnitude: UInt64 = 0
        while let byte = peek, (48...57).contains(byte) {
            let (times, lost) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, over) = times.addingReportingOverflow(UInt64(byte - 48))
            guard !lost, !over else { throw .integerOutOfRange }
            magnitude = sum
            position += 1
        }
        guard position > start else { throw peek == nil ? .unexpectedEnd : .unexpectedByte }
        if bytes[start] == UInt8(ascii: "0"), position - start > 1 { throw .leadingZero }
        if peek == UInt8(ascii: ".") { throw .fraction }
        if peek == UInt8(ascii: "e") || peek == UInt8(ascii: "E") { throw .exponent }
        guard !(negative && magnitude == 0) else { throw .minusZero }
        if negative, magnitude == 1 << 63 { return .min }
        guard let value = Int64(exactly: magnitude) else { throw .integerOutOfRange }
        return negative ? -value : value
    }

    /// RFC 8259 §6.
    private mutating func number() throws(JSONFault) -> Int64 {
        _ = accept("-")
        if accept("0") {
            if let byte = peek, (48...57).contains(byte) { throw .leadingZero }
        } else {
            try digits()
        }
        if accept(".") { try digits() }
        if accept("e") || accept("E") {
            if !accept("-") { _ = accept("+") }
            try digits()
        }
        return 0
    }

    private mutating func digits() throws(JSONFault) {
        let start = position
        while let byte = peek, (48...57).contains(byte) { position += 1 }
        guard position > start else { throw peek == nil ? .unexpectedEnd : .unexpectedByte }
    }

    private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONFault) -> JSONValue {
        for index in 0..<text.utf8CodeUnitCount {
            guard let byte = peek else { throw .unexpectedEnd }
            guard byte == text.utf8Start[index] else { throw .unexpectedByte }
            position += 1
        }
        return value
    }
}

extension StrictJSON {
    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = peek, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { position += 1 }
    }

    private mutating func accept(_ character: Unicode.Scalar) -> Bool {
        guard peek == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func demand(_ character: Unicode.Scalar) throws(JSONFault) {
        guard accept(character) else { throw peek == nil ? .unexpectedEnd : .unexpectedByte }
    }

    private mutating func string() throws(JSONFault) -> String {
        position += 1
        var text: [UInt8] = []
        while true {
            guard let byte = peek else { throw .unexpectedEnd }
            switch byte {
            case UInt8(ascii: "\""):
                guard let string = String(validating: text, as: UTF8.self) else { throw .invalidUTF8 }
                position += 1
                return string
            case UInt8(ascii: "\\"):
                position += 1
                text.append(contentsOf: Array(String(try escape()).utf8))
            case 0..<0x20: throw .controlCharacter
            default:
                text.append(byte)
                position += 1
            }
        }
    }

    private mutating func escape() throws(JSONFault) -> Character {
        guard let byte = peek else { throw .unexpectedEnd }
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{8}"
        case UInt8(ascii: "f"): return "\u{c}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try unicodeEscape()
        default:
            position -= 1
            throw .badEscape
        }
    }

    private mutating func unicodeEscape() throws(JSONFault) -> Character {
        var value = try fourDigits()
        // RFC 8259 §7: outside the basic plane, a pair of surrogates; half of one is no character.
        if (0xd800..<0xdc00).contains(value) {
            guard accept("\\"), accept("u") else { throw .loneSurrogate }
            let low = try fourDigits()
            guard (0xdc00..<0xe000).contains(low) else { throw .loneSurrogate }
            value = 0x10000 + (value - 0xd800) << 10 + (low - 0xdc00)
        }
        // A C string would end here, so that two programs see two different names.
        guard value != 0 || isForeign else { throw .nulCharacter }
        guard let scalar = Unicode.Scalar(value) else { throw .loneSurrogate }
        return Character(scalar)
    }

    private mutating func fourDigits() throws(JSONFault) -> UInt32 {
        var value: UInt32 = 0
        for _ in 0..<4 {
            guard let byte = peek else { throw .unexpectedEnd }
            guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue, byte < 0x80 else { throw .badEscape }
            value = value << 4 | UInt32(digit)
            position += 1
        }
        return value
    }
}
