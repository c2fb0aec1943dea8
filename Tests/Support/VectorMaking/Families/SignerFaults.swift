// SPDX-License-Identifier: Apache-2.0
import TestSupport
import BundleFormat
import Cryptography
import Trust

/// Documents of other kinds that a believed key has truly signed, put where SHA256SUMS stands (trust §3.2).
enum SignerFaults {
    static func vectors() throws -> [Vector] {
        let fingerprint = try TestKeys.fingerprint("release-a")
        let digest = Digest.ofBytes([1]).hex
        let root = try TrustRoot(adopting: try TestKeys.key("release-a").publicKey).encode()
        return [
            try instead(
                "kind-approval", "An approval that the key has signed stands where SHA256SUMS must.",
                Array("bundle-approval/1 demo 1.2.3 amd64 \(digest)\n".utf8)),
            try instead(
                "kind-receipt", "A receipt that the key has signed stands where SHA256SUMS must.",
                Array("bundle-receipt/1 host \(digest)\n".utf8)),
            try instead(
                "kind-inventory", "An inventory that the key has signed stands where SHA256SUMS must.",
                Array("bundle-inventory/1 host \(digest)\n".utf8)),
            try instead("kind-trust-root", "A trust root that the key has signed stands where SHA256SUMS must.", root),
            try instead(
                "kind-digest", "64 bytes, as a signature of the algorithm `ED` is over, stand where SHA256SUMS must.",
                BLAKE2b.hash(Array(fingerprint.utf8), .bits512)),
            try instead("kind-empty", "SHA256SUMS is empty.", []),
            try instead(
                "kind-other-first", "The first line of SHA256SUMS is not that of README.txt.",
                Array("\(digest)  manifest.json\n\(digest)  README.txt\n".utf8)),
            try instead(
                "kind-binary-mark", "The first line of SHA256SUMS has the mark of binary mode.",
                Array("\(digest) *README.txt\n".utf8)),
            try instead(
                "kind-capitals", "The first digest of SHA256SUMS is in capitals.",
                Array("\(digest.uppercased())  README.txt\n".utf8)),
        ]
    }

    private static func instead(_ name: String, _ about: String, _ document: [UInt8]) throws -> Vector {
        try Sample.made(name, .kind, [15], about) { $0.changeChecksums = { $0 = document } }
    }
}
