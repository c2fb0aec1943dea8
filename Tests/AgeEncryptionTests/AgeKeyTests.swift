// SPDX-License-Identifier: Apache-2.0
import AgeEncryption
import BundleFormat
import Cryptography
import Testing

@Suite struct AgeKeyTests {
    /// The pair of age.md, "The X25519 recipient type".
    static let identity = "AGE-SECRET-KEY-1GFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPYYSJZGFPQ4EGAEX"
    static let recipient = "age1zvkyg2lqzraa2lnjvqej32nkuu0ues2s82hzrye869xeexvn73equnujwj"

    @Test func knowsThePairOfTheSpecification() throws {
        let found = try Age.identities(AgeKeyTests.identity)
        #expect(found.map(\.recipient.text) == [AgeKeyTests.recipient])
        #expect(try AgeRecipient(AgeKeyTests.recipient).text == AgeKeyTests.recipient)
        let file = try found[0].file().withBytes { String(decoding: $0, as: UTF8.self) }
        #expect(file == "# public key: \(AgeKeyTests.recipient)\n\(AgeKeyTests.identity)\n")
    }

    @Test func readsFilesWithComments() throws {
        let other = try AgeIdentity.generate().recipient.text
        let file = "# a\n\n\(AgeKeyTests.recipient)\r\n\(other)\n\(other)"
        #expect(try AgeRecipient.list(file: Array(file.utf8)).map(\.text) == [AgeKeyTests.recipient, other])
        #expect(try Age.identities("# a\n\n\(AgeKeyTests.identity)\r\n\(AgeKeyTests.identity)").count == 2)
    }

    @Test(
        arguments: [
            (AgeKeyTests.identity, .identityInstead), (AgeKeyTests.identity.lowercased(), .identityInstead),
            ("age1pq1x34nzsvr0", .kind(.hybrid)), ("ssh-ed25519 AAAAC3Nz", .kind(.ssh)),
            ("age1yubikey1qwt50d05nh5vutpdzmlg5wn80xq5negm4uj9ghv0snvdd3yysf5yw3rhl3t", .kind(.hardware)),
            (AgeKeyTests.recipient.uppercased(), .notAKey), (AgeKeyTests.recipient + "q", .notAKey),
            (" " + AgeKeyTests.recipient, .notAKey), ("age1", .notAKey),
            ("Age" + AgeKeyTests.recipient.dropFirst(3), .notAKey),
            (AgeKeyTests.recipient.dropLast() + "k", .notAKey), ("", .none),
        ] as [(String, AgeKeyFault)])
    func refusesOtherRecipientsByName(_ text: String, _ fault: AgeKeyFault) {
        #expect(Age.error { _ = try AgeRecipient.list(file: Array(text.utf8)) } == .key(fault, line: 1))
    }

    @Test(
        arguments: [
            (AgeKeyTests.recipient, .recipientInstead), (AgeKeyTests.identity.lowercased(), .notAKey),
            ("AGE-SECRET-KEY-PQ-1XX76JRALNLXDMEW0CRK45QMCCH4X06SE84UN3VPM33W6HWDX0H3SK3ZQFR", .kind(.hybrid)),
            ("AGE-PLUGIN-YUBIKEY-17XNQ5QYZQZ5", .kind(.hardware)), ("-----BEGIN OPENSSH PRIVATE KEY-----", .kind(.ssh)),
            ("age-encryption.org/v1", .locked), ("-----BEGIN AGE ENCRYPTED FILE-----", .locked), ("# nothing", .none),
            (AgeKeyTests.identity.dropLast() + "Q", .notAKey), ("untrusted comment: minisign", .notAKey),
        ] as [(String, AgeKeyFault)])
    func refusesOtherIdentitiesByName(_ text: String, _ fault: AgeKeyFault) {
        #expect(Age.error { _ = try Age.identities(text) } == .key(fault, line: 1))
    }

    @Test func refusesPointsOfSmallOrder() {
        // Zero, and one: multiplied with any secret they give what everybody knows.
        for bytes in [
            "age1qqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqq5cu47z",
            "age1qyqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqqj7vrya",
        ] {
            let found = Age.error { _ = try AgeRecipient(bytes) }
            #expect(found == .key(.lowOrder, line: 1), "\(bytes)")
        }
    }

    /// Every one-character slip is caught.
    @Test func catchesASlip() {
        for (place, character) in AgeKeyTests.recipient.enumerated() {
            var text = Array(AgeKeyTests.recipient)
            text[place] = character == "q" ? "p" : "q"
            #expect(throws: AgeError.self) { try AgeRecipient(String(text)) }
        }
    }

    /// What people paste: whatever it is, it is refused or it is the key, and nothing traps.
    @Test func takesNoMutatedFile() throws {
        let original = Array("# mine\n\(AgeKeyTests.identity)\n".utf8)
        var state: UInt64 = 0x2545_F491_4F6C_DD1D
        func below(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int((state >> 33) % UInt64(bound))
        }
        for _ in 0..<5_000 {
            var bytes = original
            for _ in 0...below(3) {
                let place = below(bytes.count)
                switch below(3) {
                case 0: bytes[place] = UInt8(below(256))
                case 1: bytes.remove(at: place)
                default: bytes.insert(UInt8(below(128)), at: place)
                }
            }
            let text = bytes
            let found = try? Age.identities(String(decoding: bytes, as: UTF8.self))
            // Only a change of the comment leaves the key.
            #expect(found == nil || found?.map(\.recipient.text) == [AgeKeyTests.recipient])
            _ = try? AgeRecipient.list(file: text)
        }
    }
}
