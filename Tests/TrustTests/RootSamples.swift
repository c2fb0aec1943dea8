// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing
import Trust

/// Trust roots of the keys of `Samples`, and chains of them.
enum RootSamples {
    /// 1, 2 and 3 hold the root, two of them suffice; 11 and 12 sign releases.
    static func first() throws -> TrustRoot { try root(1, roots: [1, 2, 3], needing: 2, releases: [11, 12]) }

    static func root(
        _ number: Int, roots: [UInt8], needing threshold: Int = 1, releases: [UInt8], releasesNeeding: Int = 1,
        revoked: [UInt8] = []
    ) throws -> TrustRoot {
        var made = TrustRoot(adopting: try Samples.key(1).publicKey)
        made.number = number
        made.keys = [:]
        for key in try (roots + releases).map({ try Samples.key($0).publicKey }) {
            made.keys[key.fingerprint.hex] = TrustRoot.Key(key: key.base64)
        }
        made.roles["root"] = TrustRoot.Rule(keys: try fingerprints(roots), threshold: threshold)
        made.roles["release"] = TrustRoot.Rule(keys: try fingerprints(releases), threshold: releasesNeeding)
        made.revoked = try fingerprints(revoked)
        return made
    }

    static func fingerprints(_ numbers: [UInt8]) throws -> [String] {
        try numbers.map { try Samples.key($0).publicKey.fingerprint.hex }.sorted()
    }

    static func link(_ root: TrustRoot, signedBy keys: UInt8...) throws -> TrustLink {
        try link(root.number, root.encode(), signedBy: keys)
    }

    static func link(_ number: Int, _ bytes: [UInt8], signedBy keys: [UInt8]) throws -> TrustLink {
        TrustLink(
            number: number, bytes: bytes,
            signatures: try keys.map {
                let key = try Samples.key($0)
                return NamedSignature(
                    name: key.publicKey.fingerprint,
                    bytes: try DocumentSigning.sign(bytes, as: .trustRoot, comment: "root \(number)", with: key))
            })
    }

    /// A host that adopted the first root.
    static func host() throws -> TrustChain { try TrustChain(vouched: link(first(), signedBy: 1, 2)) }
}
