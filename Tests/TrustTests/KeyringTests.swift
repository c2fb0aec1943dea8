// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Testing
import Trust

@Suite struct KeyringTests {
    func judge(_ keyring: Keyring, _ signatures: [NamedSignature], list: [UInt8] = Samples.list) throws
        -> SignatureVerdict
    {
        try keyring.judge(signed: list, signatures: signatures, release: Samples.release())
    }

    @Test func establishesWhoSigned() throws {
        let verdict = try judge(Samples.keyring(1), [Samples.signature(1), Samples.signature(9)])
        #expect(verdict.established.map(\.key) == [try Samples.key(1).publicKey])
        #expect(verdict.established[0].trustedComment == "bundle shop 1.4.0 amd64 release \(Samples.digest.hex)")
        #expect(verdict.unknown.map(\.name) == [try Samples.key(9).publicKey.fingerprint])
        #expect(verdict.signed == Samples.list)
        #expect(verdict.signedDigest == Digest.ofBytes(Samples.list))
    }

    @Test func refusesWhatNobodyBelievedSigned() throws {
        #expect(throws: TrustError.unsigned) { try judge(Samples.keyring(1), []) }
        let foreign = try Samples.signature(9)
        let name = try Samples.key(9).publicKey
        #expect(
            throws: TrustError.noTrustedSignature(
                unknown: [ForeignSignature(name: name.fingerprint, keyID: name.id)], revoked: [])
        ) { try judge(Samples.keyring(1), [foreign]) }
        #expect(throws: TrustError.self) { try judge(Keyring(keys: []), [foreign]) }
    }

    @Test func oneBadSignatureByABelievedKeyRefusesAll() throws {
        var other = Samples.list
        other[0] = other[0] == 0x61 ? 0x62 : 0x61
        let bad = try Samples.signature(2, of: other)
        #expect(throws: TrustError.badSignature(try Samples.key(2).publicKey.fingerprint)) {
            try judge(Samples.keyring(1, 2), [Samples.signature(1), bad])
        }
    }

    /// A signature by an unknown key under a believed key's name, and the other way round.
    @Test func aNameProvesNothing() throws {
        let mine = try Samples.key(1).publicKey.fingerprint
        let forged = NamedSignature(name: mine, bytes: try Samples.signature(9).bytes)
        #expect(throws: TrustError.badSignature(mine)) { try judge(Samples.keyring(1), [forged]) }
        let hidden = NamedSignature(
            name: try Samples.key(9).publicKey.fingerprint, bytes: try Samples.signature(1).bytes)
        #expect(throws: TrustError.self) { try judge(Samples.keyring(1), [hidden]) }
        // Nor does a second copy under another name count as a second signer.
        #expect(throws: TrustError.self) {
            try judge(Samples.keyring(1, 2, threshold: 2), [Samples.signature(1), hidden])
        }
    }

    @Test func thresholdCountsDistinctPublicKeys() throws {
        let one = try Samples.signature(1)
        #expect(throws: TrustError.self) { try judge(Samples.keyring(1, 2, threshold: 2), [one]) }
        #expect(throws: TrustError.duplicateSignature(one.name)) {
            try judge(Samples.keyring(1, 2, threshold: 2), [one, one])
        }
        // The same public key under a second id is the same key.
        let first = try Samples.key(1).publicKey
        let id = try #require(KeyID(bytes: [8, 8, 8, 8, 8, 8, 8, 8]))
        let twin = Keyring(keys: [first, MinisignPublicKey(id: id, key: first.key)], threshold: 2)
        #expect(twin.keys.count == 1)
        #expect(throws: TrustError.self) { try judge(twin, [one]) }
        let both = try judge(Samples.keyring(1, 2, threshold: 2), [one, Samples.signature(2)])
        #expect(both.established.count == 2)
    }

    @Test func revokedWins() throws {
        let keyring = try Samples.keyring(1, 2, revoked: [1])
        #expect(throws: TrustError.self) { try judge(keyring, [Samples.signature(1)]) }
        let verdict = try judge(keyring, [Samples.signature(1), Samples.signature(2)])
        #expect(verdict.established.map(\.fingerprint) == [try Samples.key(2).publicKey.fingerprint])
        #expect(verdict.revoked.map(\.name) == [try Samples.key(1).publicKey.fingerprint])
    }

    @Test func refusesOtherKindsOfDocuments() throws {
        let key = try Samples.key(1)
        let others: [[UInt8]] = [
            [], Array("bundle-approval/1 shop 1.4.0 amd64 \(Samples.digest.hex)\n".utf8),
            Array("{\n \"a\": 1\n}\n".utf8),
            BLAKE2b.hash(Samples.list, .bits512), Array("\(Samples.digest.hex)  manifest.json\n".utf8),
            Array("\(Samples.digest.hex.uppercased())  README.txt\n".utf8),
            Array("\(Samples.digest.hex)  README.txt".utf8), Array("\(Samples.digest.hex) *README.txt\n".utf8),
        ]
        for document in others {
            let signature = MinisignSignature(signing: document, trustedComment: "x", with: key)
            let named = NamedSignature(
                name: key.publicKey.fingerprint,
                bytes: signature.file(untrustedComment: try Samples.release().signatureComment))
            #expect(throws: TrustError.notChecksumList) { try judge(Samples.keyring(1), [named], list: document) }
            #expect(throws: TrustError.notChecksumList) {
                try ReleaseSigner.sign(document, of: Samples.release(), releaseDigest: Samples.digest, with: key)
            }
        }
    }

    @Test func tooManySignatures() throws {
        let many = try (1...17).map { try Samples.signature(UInt8($0)) }
        #expect(throws: TrustError.tooManySignatures(17)) { try judge(Samples.keyring(1), many) }
        #expect(try judge(Samples.keyring(1), Array(many.prefix(16))).unknown.count == 15)
    }

    @Test func overrideNamesTheBundleAndForgivesNoForgery() throws {
        let digest = Digest.ofBytes(Samples.list)
        let release = try Samples.release()
        let verdict = try Samples.keyring(1).judge(
            signed: Samples.list, signatures: [], release: release, allowingUnsigned: digest)
        #expect(verdict.established.isEmpty && verdict.override == digest)
        #expect(throws: TrustError.overrideNamesAnother(named: Samples.digest, found: digest)) {
            try Samples.keyring(1).judge(
                signed: Samples.list, signatures: [], release: release, allowingUnsigned: Samples.digest)
        }
        let forged = NamedSignature(
            name: try Samples.key(1).publicKey.fingerprint, bytes: try Samples.signature(9).bytes)
        #expect(throws: TrustError.badSignature(forged.name)) {
            try Samples.keyring(1).judge(
                signed: Samples.list, signatures: [forged], release: release, allowingUnsigned: digest)
        }
    }
}
