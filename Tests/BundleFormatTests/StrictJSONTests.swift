// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

@Suite struct StrictJSONTests {
    @Test(
        arguments: [
            (#"{"a": [1, -2, true, false, null, "x"]}"#, #"{"a":[1,-2,true,false,null,"x"]}"#),
            (#""\u00e9\ud83d\ude00\n\/""#, "\"é😀\\n/\""),
            (" 9223372036854775807 ", "9223372036854775807"), ("-9223372036854775808", "-9223372036854775808"),
            ("[]", "[]"), ("{}", "{}"), ("\"\u{7f}\"", "\"\u{7f}\""), (#""\u0001""#, #""\u0001""#),
        ])
    func acceptsAndWritesOneSpelling(text: String, compact: String) throws {
        let value = try StrictJSON.parse(Array(text.utf8))
        let canonical = CanonicalJSON.write(value)
        #expect(try StrictJSON.parse(canonical) == value)
        // Outside strings, canonical spaces are the newline with its indent and the one behind a colon.
        let squeezed = String(decoding: canonical, as: UTF8.self).split(separator: "\n")
            .map { $0.drop { $0 == " " } }.joined().replacing("\": ", with: "\":")
        #expect(squeezed == compact)
    }

    static let refusals: [(String, JSONFault)] = [
        ("", .unexpectedEnd), ("{", .unexpectedEnd), ("[1", .unexpectedEnd), ("\"a", .unexpectedEnd),
        ("tru", .unexpectedEnd), ("-", .unexpectedEnd), ("[1,]", .unexpectedByte), ("{\"a\":1,}", .unexpectedByte),
        ("{a:1}", .unexpectedByte), ("{\"a\" 1}", .unexpectedByte), ("'a'", .unexpectedByte), ("+1", .unexpectedByte),
        ("NaN", .unexpectedByte), ("// x\n1", .unexpectedByte), ("[1 2]", .unexpectedByte), ("truE", .unexpectedByte),
        ("1 2", .trailingBytes), ("{}x", .trailingBytes), ("1\u{0}", .trailingBytes),
        ("{\"a\":1,\"a\":2}", .duplicateKey), ("{\"a\":1,\"\\u0061\":2}", .duplicateKey),
        ("{\"b\":{\"a\":1,\"a\":1}}", .duplicateKey), ("2.0", .fraction), ("[1.5]", .fraction), ("1e3", .exponent),
        ("1E3", .exponent), ("01", .leadingZero), ("-01", .leadingZero), ("00", .leadingZero), ("-0", .minusZero),
        ("9223372036854775808", .integerOutOfRange), ("-9223372036854775809", .integerOutOfRange),
        ("99999999999999999999999", .integerOutOfRange), ("\"a\nb\"", .controlCharacter),
        ("\"\u{1f}\"", .controlCharacter), ("\"\\u0000\"", .nulCharacter), ("\"\\x\"", .badEscape),
        ("\"\\u12g4\"", .badEscape), ("\"\\u+123\"", .badEscape), ("\"\\ud800\"", .loneSurrogate),
        ("\"\\ud800\\u0041\"", .loneSurrogate), ("\"\\udc00\"", .loneSurrogate), ("\u{feff}1", .byteOrderMark),
    ]

    @Test(arguments: refusals)
    func refuses(text: String, fault: JSONFault) {
        let error = #expect(throws: FormatError.self) { try StrictJSON.parse(Array(text.utf8)) }
        guard case .badJSON(let found, _) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(found == fault)
    }

    @Test(arguments: [
        [0x22, 0xff, 0x22], [0x22, 0xc0, 0x80, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0x22, 0xc3, 0x22],
    ])
    func refusesInvalidUTF8(bytes: [UInt8]) {
        #expect(throws: FormatError.self) { try StrictJSON.parse(bytes) }
    }

    @Test func countsDepth() throws {
        let deep = { (levels: Int) in
            Array((String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8)
        }
        _ = try StrictJSON.parse(deep(Limits.jsonDepth))
        #expect(throws: FormatError.badJSON(.tooDeep, offset: Limits.jsonDepth)) {
            try StrictJSON.parse(deep(Limits.jsonDepth + 1))
        }
        // A hostile text of open brackets must not reach the end of the stack.
        #expect(throws: FormatError.self) { try StrictJSON.parse(Array(repeating: UInt8(ascii: "["), count: 1 << 20)) }
    }

    @Test func namesTheOffset() {
        #expect(throws: FormatError.badJSON(.duplicateKey, offset: 7)) {
            try StrictJSON.parse(Array("{\"a\":1,\"a\":1}".utf8))
        }
    }

    @Test func sortsKeysByBytes() {
        let value: JSONValue = ["b": 1, "B": 2, "a": [], "é": [:], "aa": ["x", 3]]
        let text = "{\n \"B\": 2,\n \"a\": [],\n \"aa\": [\n  \"x\",\n  3\n ],\n \"b\": 1,\n \"é\": {}\n}\n"
        #expect(CanonicalJSON.write(value) == Array(text.utf8))
    }
}
