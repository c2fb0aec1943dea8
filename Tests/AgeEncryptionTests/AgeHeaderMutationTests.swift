// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import BundleFormat
import Cryptography
import Testing

/// The parser sees bytes that nobody has vouched for (promise 1): whatever comes, it answers, and what is not the header that
/// was written never opens.
@Suite struct AgeHeaderMutationTests {
    /// xorshift, so that a failure can be run again.
    private struct Chance {
        var state: UInt64

        mutating func below(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(bound))
        }
    }

    private static let words = [
        "\n", " ", "-> ", "--- ", "---", "-> X25519 ", "X25519", "-> scrypt ", "=", "==", "\r\n", "\u{0}",
        "age-encryption.org/v1",
        "-----BEGIN AGE ENCRYPTED FILE-----\n", String(repeating: "A", count: 64), String(repeating: "\n", count: 9),
    ]

    @Test func neverTrapsAndNeverOpensAnotherHeader() throws {
        let identity = try AgeIdentity.generate()
        let other = try AgeIdentity.generate()
        let original = try Age.encrypt(Age.text(40), for: other.recipient, identity.recipient)
        var chance = Chance(state: 0x9E37_79B9_7F4A_7C15)
        for round in 0..<20_000 {
            var file = original
            for _ in 0...chance.below(4) {
                let place = chance.below(max(1, file.count))
                switch chance.below(6) {
                case 0 where !file.isEmpty: file[place] = UInt8(chance.below(256))
                case 1 where !file.isEmpty: file[place] ^= 1 << UInt8(chance.below(8))
                case 2: file.removeSubrange(place..<min(file.count, place + 1 + chance.below(70)))
                case 3: file.insert(contentsOf: AgeHeaderMutationTests.words[chance.below(16)].utf8, at: place)
                case 4:
                    let part = file[place..<min(file.count, place + 1 + chance.below(120))]
                    file.insert(contentsOf: part, at: chance.below(file.count + 1))
                default: file = Array(file[..<place])
                }
            }
            guard file != original else { continue }
            #expect(throws: AgeError.self, "round \(round)") { try AgeReader(bytes: file, [identity]) }
        }
    }

    @Test func isBounded() {
        let start = Array("age-encryption.org/v1\n".utf8)
        let endless = start + Array(repeating: "-> x\n\n", count: 40_000).joined().utf8
        #expect(
            Age.error { _ = try AgeHeader(parsing: endless) } == .header(.tooLong, offset: endless.count))
        let line = start + Array(repeating: UInt8(ascii: "a"), count: 1 << 20)
        #expect(Age.error { _ = try AgeHeader(parsing: line) } == .header(.tooLong, offset: line.count))
        #expect(Age.error { _ = try AgeHeader(parsing: []) } == .header(.notAge, offset: 0))
    }
}
