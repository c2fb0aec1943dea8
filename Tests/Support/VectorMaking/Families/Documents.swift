// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Trust

/// Documents with signatures beside them, judged by `Keyring.judge(document:kind:signatures:)` (trust §3.2).
enum Documents {
    static let digest = Digest.ofBytes([1]).hex
    static let approval = Array("bundle-approval/1 demo 1.2.3 amd64 \(digest)\n".utf8)

    static func vectors() throws -> [Vector] { try counted() + kinds() }

    private static func document(
        _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String, _ bytes: [UInt8] = approval,
        kind: DocumentKind = .approval, by signers: [String], over: [UInt8]? = nil, threshold: Int = 1,
        believed: [String] = ["approve-a", "approve-b"], revoked: [String] = []
    ) throws -> Vector {
        var vector = Vector("document-" + name, .document, expected, rows: rows, about, bytes)
        vector.beside = try signers.map { signer in
            MinisignSignature(signing: over ?? bytes, trustedComment: "by \(signer)", with: try TestKeys.key(signer))
                .file(untrustedComment: "signature")
        }
        vector.documentKind = kind.rawValue
        vector.threshold = threshold
        vector.believed = believed
        vector.revoked = revoked
        return vector
    }

    private static func counted() throws -> [Vector] {
        let both = ["approve-a", "approve-b"]
        var junk = try document("junk", .form, [4], "Text behind the last line of a signature.", by: ["approve-a"])
        junk.beside[0] += Array("junk\n".utf8)
        var prehashed = try document(
            "prehashed", .algorithm, [15], "A signature as `minisign -S` makes it by default.", by: ["approve-a"])
        prehashed.beside = [SignatureFaults.prehashed(approval, try TestKeys.key("approve-a"))]
        var relabelled = try document(
            "relabelled", .signature, [15], "A signature of `ED` under the letters `Ed`.", by: ["approve-a"])
        relabelled.beside = [
            MinisignSignature(
                signing: BLAKE2b.hash(approval, .bits512), trustedComment: "", with: try TestKeys.key("approve-a")
            ).file(untrustedComment: "signature")
        ]
        return [
            try document("good", .good, [], "An approval by one of two.", by: ["approve-a"]),
            try document(
                "good-both", .good, [11], "Two approvals are demanded and two are there.", by: both, threshold: 2),
            try document(
                "good-stranger-beside", .good, [11], "A stranger's signature beside a believed one.",
                by: ["stranger", "approve-b"]),
            try document(
                "good-twins", .good, [11], "Two keys share a key id and are two keys.", by: ["release-a", "twin"],
                threshold: 2, believed: ["release-a", "twin"]),
            try document(
                "one-of-two", .threshold, [11], "Two are demanded and one is there.", by: ["approve-a"], threshold: 2),
            try document(
                "same-twice", .threshold, [11], "Two are demanded; one key's signature is there in two files.",
                by: ["approve-a", "approve-a"], threshold: 2),
            try document("unsigned", .untrusted, [11], "No signature at all.", by: []),
            try document("stranger", .untrusted, [11], "A stranger's signature alone.", by: ["stranger"]),
            try document(
                "other-role", .untrusted, [11],
                "A signature by a key that is believed for releases and not for approvals.", by: ["release-a"]),
            try document(
                "twin", .signature, [11], "A stranger's key with a believed one's key id.", by: ["twin"],
                believed: ["release-a"]),
            try document(
                "revoked", .untrusted, [12], "A revoked key's signature alone.", by: ["approve-a"],
                revoked: ["approve-a"]),
            try document(
                "half-revoked", .threshold, [12], "Two are demanded; one of two is revoked.", by: both, threshold: 2,
                believed: both + ["release-c"], revoked: ["approve-b"]),
            try document(
                "other-bytes", .signature, [1], "The signature is over another approval.", by: ["approve-a"],
                over: Array("bundle-approval/1 demo 1.2.4 amd64 \(digest)\n".utf8)),
            try document(
                "bad-beside-good", .signature, [11],
                "A believed key's bad signature beside another's good one: damage or forgery, never absence.", by: both
            ).spoiled(),
            junk, prehashed, relabelled,
        ]
    }

    private static func kinds() throws -> [Vector] {
        let receipt = Array("bundle-receipt/1 host-a 1 demo 1.2.3 amd64 \(digest)\n".utf8)
        let root = try CanonicalDocument.encode(try TrustRoots.good())
        func passed(_ name: String, _ about: String, _ bytes: [UInt8], _ kind: DocumentKind) throws -> Vector {
            try document(name, .kind, [15], about, bytes, kind: kind, by: ["approve-a"])
        }
        return [
            try document(
                "good-root", .good, [], "A trust root by two of its own keys.", root, kind: .trustRoot,
                by: ["root-a", "root-c"], threshold: 2, believed: ["root-a", "root-b", "root-c"]),
            try document(
                "root-below-threshold", .threshold, [11, 14], "A trust root by one of its keys where two are demanded.",
                root, kind: .trustRoot, by: ["root-b"], threshold: 2, believed: ["root-a", "root-b", "root-c"]),
            try passed("receipt-as-approval", "A receipt, truly signed, is taken for an approval.", receipt, .approval),
            try passed("approval-as-receipt", "An approval, truly signed, is taken for a receipt.", approval, .receipt),
            try passed(
                "approval-as-root", "An approval, truly signed, is taken for a trust root.", approval, .trustRoot),
            try passed(
                "list-as-approval", "A SHA256SUMS, truly signed, is taken for an approval.", CommonDocuments.checksums,
                .approval),
            try passed("root-as-inventory", "A trust root, truly signed, is taken for an inventory.", root, .inventory),
            try passed(
                "approval-2", "An approval of a form that is not known.",
                Array("bundle-approval/2 demo 1.2.3 amd64 \(digest)\n".utf8), .approval),
            try passed("leading-space", "A space before an approval.", [32] + approval, .approval),
            try passed(
                "hash-sized", "64 bytes that begin as an approval: a signature over a hash has that length.",
                Array(approval.prefix(64)), .approval),
        ]
    }
}

extension Vector {
    /// One bit of the last signature beside it is another.
    fileprivate func spoiled() -> Vector {
        var copy = self
        let last = beside.count - 1
        var raw = SignatureFaults.decoded(beside[last])
        raw[20] ^= 1
        copy.beside[last].textLines[1] = Base64.encode(raw)
        return copy
    }
}
