// SPDX-License-Identifier: Apache-2.0
import Cryptography
import Testing

@Suite struct Base64Tests {
    /// RFC 4648 §10.
    @Test(
        arguments: [
            ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="), ("fooba", "Zm9vYmE="),
            ("foobar", "Zm9vYmFy"),
        ])
    func spellsAsRFC4648(plain: String, text: String) {
        #expect(Base64.encode(Array(plain.utf8)) == Array(text.utf8))
        #expect(Base64.decode(Array(text.utf8), count: plain.utf8.count) == Array(plain.utf8))
    }

    /// Spare bits, missing or extra padding, spaces, line ends, the alphabet for URLs, a wrong length.
    @Test(
        arguments: [
            "Zh==", "Zg=", "Zg", "Zg===", " Zg==", "Zg==\n", "Z g==", "Zg==Zg==", "Z===", "", "Zm8=", "_-==", "Zg\0=",
        ])
    func refusesEveryOtherSpelling(text: String) {
        #expect(Base64.decode(Array(text.utf8), count: 1) == nil)
    }

    /// Every byte in the place of a character: 64 of them spell something, each something else.
    @Test func takesTheAlphabetAndNoOtherByte() {
        let rest = Array("A==".utf8)
        let values = (0...255).compactMap { Base64.decode([UInt8($0)] + rest, count: 1) }
        #expect(values.count == 64 && Set(values).count == 64)
        let bare = (0...255).compactMap { Base64.decodeUnpadded([UInt8($0), UInt8(ascii: "A")]) }
        #expect(bare == values)
        let second = (0...255).compactMap { Base64.decodeUnpadded([UInt8(ascii: "A"), UInt8($0)]) }
        #expect(second == [[0], [1], [2], [3]])
    }

    @Test func spellsWithoutPaddingToo() {
        for plain in ["", "f", "fo", "foo", "foob"] {
            let text = Base64.encodeUnpadded(Array(plain.utf8))
            #expect(Base64.decodeUnpadded(text) == Array(plain.utf8))
            #expect(Base64.decodeUnpadded(text + [UInt8(ascii: "=")]) == nil)
        }
        for text in ["A", "Zh", "Zg==", "Zm9", "Zg ", "Zg\n", "ZgAAA"] {
            #expect(Base64.decodeUnpadded(Array(text.utf8)) == nil, "\(text)")
        }
    }
}
