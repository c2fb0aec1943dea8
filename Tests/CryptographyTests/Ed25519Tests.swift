// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Testing

@Suite struct Ed25519Tests {
    /// RFC 8032 §7.1, tests 1 to 3: seed, public key, message, signature.
    static let rfc8032 = [
        (
            "9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60",
            "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a", "",
            "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b"
        ),
        (
            "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb",
            "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c", "72",
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
        ),
        (
            "c5aa8df43f9f837bedb7442f31dcb7b166d38535076f094b85ce3a2e0b4458f7",
            "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025", "af82",
            "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760984dc6594a7c15e9716ed28dc027beceea1ec40a"
        ),
    ]

    @Test(arguments: rfc8032.indices) func signsAsTheStandardSays(index: Int) throws {
        let (seed, key, message, signature) = Ed25519Tests.rfc8032[index]
        var seedBytes = try bytes(seed)
        let pair = try Ed25519PrivateKey(seed: SecretBytes(wiping: &seedBytes))
        #expect(pair.publicKey.bytes == (try bytes(key)))
        #expect(pair.signature(of: try bytes(message)) == (try bytes(signature)))
        #expect(pair.publicKey.verifies(signature: try bytes(signature), of: try bytes(message)))
        for bit in 0..<512 {
            var changed = try bytes(signature)
            changed[bit / 8] ^= 1 << (bit % 8)
            #expect(!pair.publicKey.verifies(signature: changed, of: try bytes(message)))
        }
        #expect(!pair.publicKey.verifies(signature: try bytes(signature) + [0], of: try bytes(message)))
    }

    /// The points of order 1, 2, 4 and 8, canonical and not (libsodium's own list, with the sign bit both ways).
    @Test(
        arguments: [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
        ])
    func refusesKeysOfSmallOrder(hex: String) throws {
        var key = try bytes(hex)
        #expect(throws: CryptographyError.badPublicKey) { try Ed25519PublicKey(bytes: key) }
        key[31] ^= 0x80
        #expect(throws: CryptographyError.badPublicKey) { try Ed25519PublicKey(bytes: key) }
    }

    @Test func refusesKeysOfAnotherLength() {
        for count in [0, 31, 33] {
            #expect(throws: CryptographyError.badPublicKey) {
                try Ed25519PublicKey(bytes: [UInt8](repeating: 9, count: count))
            }
        }
    }

    func bytes(_ hex: String) throws -> [UInt8] { try #require(Hexadecimal.decode(hex.utf8)) }
}
