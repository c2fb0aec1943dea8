// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing

struct DigestTests {
    private static let samples: [[UInt8]] = [
        Array(0..<32), Array(repeating: 0, count: 32), Array(repeating: 0xff, count: 32),
        Array((0..<32).map { UInt8(truncatingIfNeeded: $0 * 37 + 129) }),
    ]

    @Test(arguments: samples) func bytesComeBack(bytes: [UInt8]) throws {
        let digest = try #require(Digest(bytes: bytes))
        #expect(digest.bytes == bytes)
        #expect(digest.hex == Hexadecimal.encode(bytes))
        #expect(Digest(hex: digest.hex) == digest)
        #expect(Digest(hexDigits: Array(digest.hex.utf8)) == digest)
        #expect(digest.draw == bytes.prefix(8).reduce(UInt64(0)) { $0 << 8 | UInt64($1) })
    }

    /// As sorted lists of ours are: a difference in any byte decides when none before it does.
    @Test func orderIsThatOfTheBytes() throws {
        for place in 0..<32 {
            var (low, high) = (DigestTests.samples[0], DigestTests.samples[0])
            low[place] = 0x7f
            high[place] = 0x80
            for later in (place + 1)..<33 where later < 32 { low[later] = 0xff }
            let (first, second) = (try #require(Digest(bytes: low)), try #require(Digest(bytes: high)))
            #expect(first < second)
            #expect(!(second < first))
            #expect(first != second)
        }
    }

    @Test(arguments: ["", "00", String(repeating: "0", count: 63), String(repeating: "0", count: 66)])
    func otherLengthsAreRefused(hex: String) {
        #expect(Digest(hex: hex) == nil)
        #expect(Digest(bytes: Array(hex.utf8)) == nil)
    }

    @Test(arguments: ["A", "g", "/", ":", "`", " "]) func otherSpellingsAreRefused(digit: String) {
        #expect(Digest(hex: String(repeating: "0", count: 63) + digit) == nil)
        #expect(Digest(hex: digit + String(repeating: "0", count: 63)) == nil)
    }
}
