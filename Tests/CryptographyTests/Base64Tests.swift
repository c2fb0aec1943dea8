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
}
