// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
package import Trust

/// The keys of the vectors. Their seeds are SHA-256 of a text that everybody can read: they protect nothing.
package enum TestKeys {
    package static let names =
        [
            "release-a", "release-b", "release-c", "root-a", "root-b", "root-c", "approve-a", "approve-b", "host-a",
            "stranger", "twin",
        ]

    package struct Unknown: Error {
        let name: String
    }

    /// - Parameter name: any; those of `names` are published.
    package static func key(_ name: String) throws -> SigningKey {
        var seed = Digest.ofBytes(Array("bundle test vectors: \(name)".utf8)).bytes
        // "twin" has the key id of "release-a": ids are random and signed by nobody.
        let idName = ["twin": "release-a", "root-twin": "root-a"][name] ?? name
        let idBytes = Digest.ofBytes(Array("bundle test vectors: id of \(idName)".utf8)).bytes.prefix(8)
        guard let id = KeyID(bytes: idBytes) else { throw Unknown(name: name) }
        return SigningKey(id: id, key: try Ed25519PrivateKey(seed: SecretBytes(wiping: &seed)))
    }

    package static func fingerprint(_ name: String) throws -> String { try key(name).publicKey.fingerprint.hex }
}
