// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Trust

/// What proving a bundle established, and what it did not: a green word that covers less than people think is worse than
/// none.
struct Findings {
    private let verified: VerifiedBundle
    private let belief: Belief
    private var head: ProvenHead { verified.head }
    private var verdict: SignatureVerdict { verified.head.verdict }

    init(_ verified: VerifiedBundle, _ belief: Belief) {
        self.verified = verified
        self.belief = belief
    }

    private var packs: Int { head.packs.packs.count }

    /// Each check and what it covered.
    var established: [(check: String, covers: String)] {
        var checks: [(check: String, covers: String)] = []
        if verdict.override == nil {
            let keys = verdict.established.count
            checks.append(("signature", "SHA256SUMS, by \(keys) of \(verdict.threshold) believed keys that must agree"))
        } else {
            checks.append(("override", "SHA256SUMS is the one whose SHA-256 was named; nobody believed has signed it"))
        }
        if head.isEncrypted {
            checks.append(("encryption", "each piece of the age file is what was encrypted, and none is missing"))
        }
        return checks + [
            ("digests", "\(head.checksums.entries.count) members, each against its line of SHA256SUMS"),
            ("container", "every header, padding and end marker: \(head.fileBytes) bytes, none left over"),
            ("identity", "README.txt, manifest.json and signatures speak of \(head.identity)"),
            ("contents", contents),
        ]
    }

    private var contents: String {
        let parts = "\(head.files.count) files and \(head.manifest.images.count) images"
        return head.packs.isDelta
            ? "\(parts) are in \(packs) packs or documents, or are named as what a host must have"
            : "\(parts) are all in \(packs) packs or documents"
    }

    var notEstablished: [String] {
        (head.packs.isDelta ? ["that any host has what this delta needs: `bundle plan` on the host says so"] : [])
            + (head.isEncrypted ? ["who encrypted it, or who else can open it"] : []) + Findings.neverEstablished
    }

    private static let neverEstablished = [
        "that the packs decode to their contents: that is hashed again when they are unpacked",
        "that this is the newest release, or newer than an installed one",
        "that a host meets its requirements: `bundle plan` on the host says so",
        "who holds the believed keys, or that what they signed is free of faults",
    ]

    func text(path: String) -> String {
        let signers = verdict.established.map { "\($0.fingerprint) (key id \($0.keyID))" }
        var lines = [
            verdict.override == nil ? "\(path): proven" : "\(path): whole, but NOT signed by a believed key",
            "  release       \(head.identity)", "  digest        \(head.releaseDigest)",
            "  signed by     \(signers.isEmpty ? "nobody who is believed" : signers.joined(separator: ", "))",
        ]
        lines += DeltaWords.lines(head.packs.needs, head.packs.bases, head.packs.coded, of: head.identity.name).map {
            "  delta         \($0)"
        }
        if !belief.sources.isEmpty { lines.append("  believed      \(belief.sources.joined(separator: ", "))") }
        lines += verdict.unknown.map { "  unknown key   \($0.name): its signature counts for nothing" }
        lines += verdict.revoked.map { "  revoked key   \($0.name): its signature counts for nothing" }
        lines += established.map { "  established   \($0.check): \($0.covers)" }
        lines += notEstablished.map { "  not           \($0)" }
        return lines.joined(separator: "\n")
    }

    func json(path: String) -> JSONValue {
        [
            "bundle": .string(path), "name": .string(head.identity.name.text),
            "version": .string(head.identity.version.description), "arch": .string(head.identity.arch.rawValue),
            "release_digest": .string(head.releaseDigest.hex), "checksums_digest": .string(verdict.signedDigest.hex),
            "bytes": .integer(head.fileBytes),
            "delta": DeltaWords.json(head.packs.needs, head.packs.bases, head.packs.coded),
            "encrypted": .bool(head.isEncrypted),
            "signed": .bool(verdict.override == nil),
            "threshold": .integer(Int64(verdict.threshold)),
            "signers": .array(
                verdict.established.map { signer in
                    [
                        "fingerprint": .string(signer.fingerprint.hex), "key_id": .string(signer.keyID.description),
                        "comment": .string(signer.trustedComment),
                    ]
                }),
            "unknown_signatures": .array(verdict.unknown.map(Findings.foreign)),
            "revoked_signatures": .array(verdict.revoked.map(Findings.foreign)),
            "believed": .array(belief.sources.map { .string($0) }),
            "established": .array(
                established.map { ["check": .string($0.check), "covers": .string($0.covers)] }),
            "not_established": .array(notEstablished.map { .string($0) }),
        ]
    }

    private static func foreign(_ signature: ForeignSignature) -> JSONValue {
        ["name": .string(signature.name.hex), "key_id": .string(signature.keyID.description)]
    }
}
