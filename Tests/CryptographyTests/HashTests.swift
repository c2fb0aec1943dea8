// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Testing

@Suite struct HashTests {
    @Test func sha256OfPiecesIsThatOfTheWhole() {
        // FIPS 180-4's example.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
        #expect(Digest.ofBytes(Array("abc".utf8)).hex == expected)
        var hasher = SHA256Hasher()
        hasher.update(Array("a".utf8))
        hasher.update([])
        hasher.update(Array("bc".utf8))
        #expect(hasher.finalize().hex == expected)
        #expect(
            SHA256Hasher().finalize().hex == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    }

    @Test func blake2bAsRFC7693() {
        #expect(
            Hexadecimal.encode(BLAKE2b.hash(Array("abc".utf8), .bits512))
                == "ba80a53f981c4d0d6a2797b69f12f6e94c212f14685ac4b74b12bb6fdbffa2d17d87c5392aab792dc252d5de4533cc9518d38aa8dbf1925ab92386edd4009923"
        )
        #expect(
            Hexadecimal.encode(BLAKE2b.hash(Array("abc".utf8), .bits256))
                == "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319")
    }

    /// RFC 4231 §4.3.
    @Test func keyedHashAsRFC4231() throws {
        var key = Array("Jefe".utf8)
        let secret = try SecretBytes(wiping: &key)
        let digest = Array("what do ya want for nothing?".utf8).withUnsafeBytes {
            KeyedHash.digest(of: $0, key: secret)
        }
        #expect(digest.hex == "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843")
    }
}
