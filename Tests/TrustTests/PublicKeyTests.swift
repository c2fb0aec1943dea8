// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Testing
import Trust

@Suite struct PublicKeyTests {
    @Test func comesBackAsItWas() throws {
        let key = try Samples.key(1).publicKey
        #expect(
            String(decoding: key.file, as: UTF8.self).hasPrefix(
                "untrusted comment: minisign public key 0706050403020101\nRWQ"))
        #expect(try MinisignPublicKey(file: key.file) == key)
        #expect(try MinisignPublicKey(base64: key.base64) == key)
        let crossed = Array("untrusted comment: signify public key\r\n\(key.base64)".utf8)
        #expect(try MinisignPublicKey(file: crossed) == key)
    }

    @Test func refusesEverythingElse() throws {
        let key = try Samples.key(1).publicKey
        #expect(throws: TrustError.badPublicKeyFile(.lineCount(expected: 2, found: 3))) {
            try MinisignPublicKey(file: key.file + Array("x\n".utf8))
        }
        #expect(throws: TrustError.badPublicKeyFile(.comment(line: 1))) {
            try MinisignPublicKey(file: Array("comment: x\n\(key.base64)\n".utf8))
        }
        #expect(throws: TrustError.badPublicKeyFile(.base64(line: 1))) {
            try MinisignPublicKey(base64: key.base64.dropLast())
        }
        let other = Base64.encode(Array("ED".utf8) + key.id.bytes + key.key.bytes)
        #expect(throws: TrustError.badPublicKeyFile(.algorithm)) {
            try MinisignPublicKey(base64: String(decoding: other, as: UTF8.self))
        }
        let weak = Base64.encode(Array("Ed".utf8) + key.id.bytes + [1] + [UInt8](repeating: 0, count: 31))
        #expect(throws: TrustError.weakPublicKey) {
            try MinisignPublicKey(base64: String(decoding: weak, as: UTF8.self))
        }
    }

    @Test func fingerprintIsReadAloudAndBack() throws {
        // The examples of the proquint paper: 127.0.0.1 and 63.84.220.193.
        let known = try #require(KeyFingerprint(hex: "7f0000013f54dcc1" + "7f0000013f54dcc1"))
        #expect(known.spoken == "lusab-babad-gutih-tugad-lusab-babad-gutih-tugad")
        let fingerprint = try Samples.key(1).publicKey.fingerprint
        for text in [
            fingerprint.hex, fingerprint.hex.uppercased(), fingerprint.spoken, fingerprint.spoken.uppercased(),
            fingerprint.spoken.replacing("-", with: " "),
            "  \(fingerprint.hex.prefix(16)):\(fingerprint.hex.suffix(16))\n",
        ] {
            #expect(KeyFingerprint(typed: text) == fingerprint)
        }
        for text in [
            "", String(fingerprint.hex.dropLast()), String(fingerprint.spoken.dropLast(6)), fingerprint.hex + "0",
        ] {
            #expect(KeyFingerprint(typed: text) == nil)
        }
        #expect(KeyFingerprint(hex: fingerprint.hex.uppercased()) == nil)
    }
}
