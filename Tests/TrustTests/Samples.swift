// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Testing
import Trust

/// Keys from fixed seeds and a small SHA256SUMS.
enum Samples {
    static func key(_ number: UInt8) throws -> SigningKey {
        var seed = [UInt8](repeating: number, count: 32)
        let id = try #require(KeyID(bytes: [number, 1, 2, 3, 4, 5, 6, 7]))
        return SigningKey(id: id, key: try Ed25519PrivateKey(seed: SecretBytes(wiping: &seed)))
    }

    static func release(_ version: Version = Version(major: 1, minor: 4, patch: 0)) throws -> ReleaseIdentity {
        ReleaseIdentity(name: try #require(ReleaseName("shop")), version: version, arch: .amd64)
    }

    static let list = Array(
        ("\(Digest.ofBytes([1]).hex)  README.txt\n" + "\(Digest.ofBytes([2]).hex)  manifest.json\n").utf8)

    static let digest = Digest.ofBytes([2])

    static func signature(_ number: UInt8, of bytes: [UInt8] = list) throws -> NamedSignature {
        try ReleaseSigner.sign(bytes, of: release(), releaseDigest: digest, with: key(number))
    }

    static func keyring(_ numbers: UInt8..., threshold: Int = 1, revoked: [UInt8] = []) throws -> Keyring {
        Keyring(
            keys: try numbers.map { try key($0).publicKey },
            revoked: Set(try revoked.map { try key($0).publicKey.fingerprint }), threshold: threshold)
    }

    static func secret(_ text: String) throws -> SecretBytes {
        var bytes = Array(text.utf8)
        return try SecretBytes(wiping: &bytes)
    }
}
