// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Testing
import Trust

@Suite struct SignatureFileTests {
    @Test func writesTheSameBytesEveryTime() throws {
        let one = try Samples.signature(1)
        #expect(one == (try Samples.signature(1)))
        let lines = String(decoding: one.bytes, as: UTF8.self).split(separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count == 5 && lines[4].isEmpty)
        #expect(lines[0] == "untrusted comment: bundle shop 1.4.0")
        #expect(lines[2] == "trusted comment: bundle shop 1.4.0 amd64 release \(Samples.digest.hex)")
        #expect(one.name.hex == String(Digest.ofBytes(try Samples.key(1).publicKey.key.bytes).hex.prefix(32)))
    }

    /// Every bit of a believed key's signature matters, wherever it stands.
    @Test func noBitCanChange() throws {
        let keyring = try Samples.keyring(1)
        let release = try Samples.release()
        let good = try Samples.signature(1)
        for index in good.bytes.indices {
            for bit in 0..<8 {
                var bytes = good.bytes
                bytes[index] ^= 1 << bit
                #expect(throws: TrustError.self) {
                    try keyring.judge(
                        signed: Samples.list, signatures: [NamedSignature(name: good.name, bytes: bytes)],
                        release: release)
                }
            }
        }
        for count in 0..<good.bytes.count {
            let cut = NamedSignature(name: good.name, bytes: Array(good.bytes[..<count]))
            #expect(throws: TrustError.self) {
                try keyring.judge(signed: Samples.list, signatures: [cut], release: release)
            }
        }
    }

    /// A file beside its document has no second spelling either: libsodium alone takes any byte from 0x80 on as an `A`.
    @Test func noByteBeyondASCIIIsALetter() throws {
        let file = try Samples.signature(1).bytes
        _ = try MinisignSignature(file: file)
        let letters = file.indices.filter { file[$0] == UInt8(ascii: "A") }
        #expect(!letters.isEmpty)
        for index in letters {
            var bytes = file
            bytes[index] = 0xC1
            #expect(throws: TrustError.self) { try MinisignSignature(file: bytes) }
        }
    }

    /// What stock minisign takes and a bundle must not (reliability.md 2.4): a second spelling of a good signature.
    @Test(
        arguments: [
            ("\n", "\r\n", 4), ("untrusted comment: bundle shop 1.4.0", "untrusted comment: bundle shop 1.5.0", 1),
            ("untrusted comment: bundle shop 1.4.0", "untrusted comment: ", 1),
        ])
    func refusesOtherSpellings(part: String, other: String, count: Int) throws {
        let good = try Samples.signature(1)
        let text = String(decoding: good.bytes, as: UTF8.self)
        let changed = Array(text.replacing(part, with: other, maxReplacements: count).utf8)
        #expect(changed != good.bytes)
        #expect(throws: TrustError.badSignatureFile(name: good.name, .notCanonical)) {
            try NamedSignature(name: good.name, bytes: changed).read(for: Samples.release())
        }
    }

    @Test func refusesJunkBehindAndBefore() throws {
        let good = try Samples.signature(1)
        for bytes in [good.bytes + Array("junk\n".utf8), good.bytes + [0], good.bytes + [10], [10] + good.bytes] {
            #expect(throws: TrustError.self) {
                try NamedSignature(name: good.name, bytes: bytes).read(for: Samples.release())
            }
            #expect(throws: TrustError.self) { try MinisignSignature(file: bytes) }
        }
        #expect(throws: TrustError.badSignatureFile(name: good.name, .notCanonical)) {
            try NamedSignature(name: good.name, bytes: good.bytes.dropLast()).read(for: Samples.release())
        }
    }

    @Test func refusesTextThatSteersATerminal() throws {
        for comment in ["a\u{1b}[2J", "a\u{202e}b", "a\u{200b}b", "a\u{7f}", "a\u{9b}1m", "a\rb", "\u{0}"] {
            let signature = MinisignSignature(signing: Samples.list, trustedComment: comment, with: try Samples.key(1))
            #expect(throws: TrustError.badSignatureFile(name: nil, .comment(line: 3))) {
                try MinisignSignature(file: signature.file(untrustedComment: "x"))
            }
        }
        let long = MinisignSignature(
            signing: Samples.list, trustedComment: String(repeating: "x", count: 900), with: try Samples.key(1))
        let named = NamedSignature(
            name: try Samples.key(1).publicKey.fingerprint,
            bytes: long.file(untrustedComment: try Samples.release().signatureComment))
        #expect(throws: TrustError.badSignatureFile(name: named.name, .tooLong(bytes: named.bytes.count))) {
            try named.read(for: Samples.release())
        }
    }

    /// `ED` signs BLAKE2b-512 of the file; with its two letters changed it is a true `Ed` signature of that digest.
    @Test func refusesPrehashedAndItsRelabelling() throws {
        let key = try Samples.key(1)
        let prehash = BLAKE2b.hash(Samples.list, .bits512)
        let signature = MinisignSignature(signing: prehash, trustedComment: "x", with: key)
        let relabelled = signature.file(untrustedComment: try Samples.release().signatureComment)
        var text = String(decoding: relabelled, as: UTF8.self).split(separator: "\n").map { Array($0.utf8) }
        var head = try #require(Base64.decode(text[1], count: 74))
        head[1] = UInt8(ascii: "D")
        text[1] = Base64.encode(head)
        let prehashed = Array(text.joined(separator: [10])) + [10]
        #expect(throws: TrustError.prehashedSignature(key.id)) { try MinisignSignature(file: prehashed) }
        let name = key.publicKey.fingerprint
        let keyring = try Samples.keyring(1)
        let release = try Samples.release()
        #expect(throws: TrustError.prehashedSignature(key.id)) {
            try keyring.judge(
                signed: Samples.list, signatures: [NamedSignature(name: name, bytes: prehashed)], release: release)
        }
        #expect(throws: TrustError.badSignature(name)) {
            try keyring.judge(
                signed: Samples.list, signatures: [NamedSignature(name: name, bytes: relabelled)], release: release)
        }
        // The mathematics hold; only the form of what is signed stands between.
        #expect(signature.holds(for: prehash, by: key.publicKey.key))
        #expect(throws: TrustError.notChecksumList) {
            try keyring.judge(
                signed: prehash, signatures: [NamedSignature(name: name, bytes: relabelled)], release: release)
        }
    }

    @Test func attachesWhatIsRightAndNothingElse() throws {
        let key = try Samples.key(1)
        let made = MinisignSignature(
            signing: Samples.list, trustedComment: "timestamp:1795237150\tfile:SHA256SUMS", with: key)
        let stock = made.file(untrustedComment: "signature from minisign secret key")
        let release = try Samples.release()
        let named = try ReleaseSigner.attach(stock, to: Samples.list, of: release, by: key.publicKey)
        #expect(named.bytes == made.file(untrustedComment: "bundle shop 1.4.0"))
        let verdict = try Samples.keyring(1).judge(signed: Samples.list, signatures: [named], release: release)
        #expect(verdict.established[0].trustedComment.hasPrefix("timestamp:"))
        #expect(throws: TrustError.foreignSignature(key.id)) {
            try ReleaseSigner.attach(stock, to: Samples.list + [10], of: release, by: key.publicKey)
        }
        #expect(throws: TrustError.foreignSignature(key.id)) {
            try ReleaseSigner.attach(stock, to: Samples.list, of: release, by: Samples.key(2).publicKey)
        }
    }
}
