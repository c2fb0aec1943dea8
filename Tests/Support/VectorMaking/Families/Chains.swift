// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import TestSupport
import Trust

/// Bundles for a host that believes `common/root-1.json`, with the roots that they carry (trust §4.7).
enum Chains {
    typealias Change = (inout TrustRoot) throws -> Void

    static func vectors() throws -> [Vector] { try good() + refused() + stolen() + spoiled() }

    /// Two of three keys make roots; release-a or release-b signs releases.
    static func first() throws -> TrustRoot {
        var root = try TrustRoots.good()
        root.minimumVersions = [:]
        root.bestBefore = nil
        return root
    }

    /// A root with the signatures beside it.
    struct Link {
        let number: Int
        var bytes: [UInt8]
        let signers: [String]
        /// Under other names than their own.
        var renamed: [String: String] = [:]

        init(_ root: TrustRoot, by signers: [String], as number: Int? = nil) throws {
            self.number = number ?? root.number
            bytes = try CanonicalDocument.encode(root)
            self.signers = signers
        }

        func members() throws -> [String: String] {
            var members = ["trust/\(number).json": String(decoding: bytes, as: UTF8.self)]
            for signer in signers {
                let file = MinisignSignature(
                    signing: bytes, trustedComment: "trust root \(number)", with: try TestKeys.key(signer)
                ).file(untrustedComment: "trust root \(number)")
                let name = try TestKeys.fingerprint(renamed[signer] ?? signer)
                members["trust/\(number).\(name).minisig"] = String(decoding: file, as: UTF8.self)
            }
            return members
        }
    }

    static func root(_ number: Int, _ change: Change = { _ in }) throws -> TrustRoot {
        var root = try first()
        root.number = number
        try change(&root)
        return root
    }

    /// Takes a key out of a role and puts another one in.
    static func exchange(_ old: String, _ new: String, in role: String, _ root: inout TrustRoot) throws {
        let (gone, come) = (try TestKeys.fingerprint(old), try TestKeys.fingerprint(new))
        root.keys[gone] = nil
        root.keys[come] = TrustRoot.Key(key: try TestKeys.key(new).publicKey.base64, name: new)
        let kept = (root.roles[role]?.keys ?? []).filter { $0 != gone }
        root.roles[role]?.keys = (kept + [come]).sorted()
        root.revoked = (root.revoked + [gone]).sorted()
    }

    static func chain(
        _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String, _ links: [Link],
        by signer: String = "release-a"
    ) throws -> Vector {
        try Sample.made("chain-" + name, expected, rows, about, kind: .chain) { fixture in
            fixture.keys = [try TestKeys.key(signer)]
            for link in links { fixture.trust.merge(try link.members()) { one, _ in one } }
        }
    }

    static let two = ["root-a", "root-b"]

    /// Root 2: release-c in the place of release-a, which is revoked.
    static func rotated() throws -> TrustRoot {
        try root(2) { try exchange("release-a", "release-c", in: "release", &$0) }
    }

    private static func good() throws -> [Vector] {
        let one = try Link(try first(), by: [])
        let handover = try root(2) { root in
            for (old, new) in [("root-a", "root-d"), ("root-b", "root-e")] { try exchange(old, new, in: "root", &root) }
        }
        let third = try root(3) { root in
            try exchange("release-a", "release-c", in: "release", &root)
            try exchange("release-b", "release-d", in: "release", &root)
        }
        let foreign = try root(2) { root in
            for (old, new) in [("root-a", "root-x"), ("root-b", "root-y"), ("root-c", "root-z")] {
                try exchange(old, new, in: "root", &root)
            }
        }
        return [
            try chain("good-none", .good, [14], "No root is carried.", []),
            try chain("good-known", .good, [14], "The root that the host has is carried.", [one]),
            try chain(
                "good-rotation", .good, [12, 14], "Root 2 has another release key, which signed.",
                [one, try Link(try rotated(), by: two)], by: "release-c"),
            try chain(
                "good-rotation-alone", .good, [14], "Root 2 is carried, and root 1 is not.",
                [try Link(try rotated(), by: two)], by: "release-c"),
            try chain(
                "good-lost-key", .good, [14], "root-c is lost: the two others put another key in its place.",
                [one, try Link(try root(2) { try exchange("root-c", "root-d", in: "root", &$0) }, by: two)]),
            try chain(
                "good-handover", .good, [14],
                "Two of three root keys are new; the old ones and the new ones have signed.",
                [one, try Link(handover, by: two + ["root-d", "root-e"])]),
            try chain(
                "good-two-steps", .good, [14], "Roots 2 and 3 follow one another.",
                [one, try Link(try rotated(), by: two), try Link(third, by: ["root-b", "root-c"])], by: "release-d"),
            try chain(
                "good-foreign", .good, [11], "Root 2 of somebody else, by keys of their own, counts for nothing.",
                [try Link(foreign, by: ["root-x", "root-y"])]),
        ]
    }

    private static func refused() throws -> [Vector] {
        let one = try Link(try first(), by: [])
        let second = try Link(try rotated(), by: two)
        let third = try root(3) { try exchange("release-a", "release-c", in: "release", &$0) }
        let other = try Link(try root(1) { $0.bestBefore = "2030-01-01T00:00:00Z" }, by: [])
        return [
            try chain(
                "revoked", .untrusted, [11, 12], "Root 2 revokes the key that has signed the bundle.", [one, second]),
            try chain(
                "not-carried", .untrusted, [14], "The bundle is signed by a key of root 2 and carries no root.", [],
                by: "release-c"),
            try chain(
                "skipped", .chain, [14], "Roots 1 and 3 are carried; root 2 is missing.",
                [one, try Link(third, by: two)], by: "release-c"),
            try chain(
                "skipped-alone", .untrusted, [14],
                "Root 3 alone is carried: it leads nowhere, and its key is not believed.", [try Link(third, by: two)],
                by: "release-c"),
            try chain(
                "fast-forward", .chain, [10],
                "Root 2, by all who must sign it, states the number 999999999: none could follow.",
                [one, try Link(try root(999_999_999), by: two, as: 2)]),
            try chain(
                "fast-forward-gap", .chain, [10, 14], "Root 999999999 follows on root 1.",
                [one, try Link(try root(999_999_999), by: two)]),
            try chain(
                "same-number", .chain, [10], "Root 2, by all who must sign it, states the number 1.",
                [one, try Link(try root(1), by: two, as: 2)]),
            try chain(
                "forked", .chain, [6, 14], "Root 1 is another than the host's, and root 2 follows on the host's.",
                [other, second], by: "release-c"),
            try chain(
                "revocation-undone", .chain, [12], "Root 3 does not revoke any more what root 2 revoked.",
                [one, second, try Link(try root(3), by: two)]),
            try chain(
                "minimum", .downgrade, [8], "Root 2 demands a newer version of this product than the bundle carries.",
                [one, try Link(try root(2) { $0.minimumVersions = ["demo": "1.2.4"] }, by: two)]),
            try chain(
                "rules", .root, [11], "Root 2, by all who must sign it, demands no signature for a release.",
                [one, try Link(try root(2) { $0.roles["release"]?.threshold = 0 }, by: two)]),
        ]
    }

    private static func stolen() throws -> [Vector] {
        let one = try Link(try first(), by: [])
        let thief = try root(2) { try exchange("root-c", "root-x", in: "root", &$0) }
        let handover = try root(2) { root in
            for (old, new) in [("root-a", "root-d"), ("root-b", "root-e")] { try exchange(old, new, in: "root", &root) }
        }
        var copied = try Link(thief, by: ["root-a", "stranger"])
        copied.renamed = ["stranger": "root-b"]
        return [
            try chain(
                "one-stolen-key", .threshold, [11], "Root 2 is signed by one key of root 1 where two are demanded.",
                [one, try Link(thief, by: ["root-a"])]),
            try chain(
                "stolen-and-own", .threshold, [11],
                "Root 2 is signed by one key of root 1 and by a new one of its own.",
                [one, try Link(thief, by: ["root-a", "root-x"])]),
            try chain(
                "new-below-threshold", .threshold, [11],
                "The old keys have signed, and of the new root's keys one where two are demanded.",
                [one, try Link(handover, by: two + ["root-d"])]),
            try chain(
                "by-strangers", .untrusted, [11], "Root 2 is signed by strangers alone.",
                [one, try Link(thief, by: ["root-x", "stranger"])]),
            try chain(
                "by-release-keys", .untrusted, [11], "Root 2 is signed by release keys: a key has one role.",
                [one, try Link(thief, by: ["release-a", "release-b"])]),
            try chain(
                "posing", .signature, [11], "A stranger's signature stands under the name of a root key.",
                [one, copied]),
            try chain(
                "key-id-collision", .threshold, [11],
                "A stranger's key has the key id of a root key; it is no root key.",
                [one, try Link(thief, by: ["root-b", "root-twin"])]),
        ]
    }

    private static func spoiled() throws -> [Vector] {
        let one = try Link(try first(), by: [])
        func spoiled(
            _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String,
            _ change: @escaping (inout [String: String]) throws -> Void
        ) throws -> Vector {
            var members = try one.members().merging(Link(try rotated(), by: two).members()) { first, _ in first }
            try change(&members)
            return try Sample.made("chain-" + name, expected, rows, about, kind: .chain) { fixture in
                fixture.keys = [try TestKeys.key("release-c")]
                fixture.trust = members
            }
        }
        let name = "trust/2.\(try TestKeys.fingerprint("root-a")).minisig"
        let key = try TestKeys.key("root-a")
        let bytes = try CanonicalDocument.encode(try rotated())
        return [
            try spoiled(
                "changed", .signature, [1, 12], "A revoked key is taken out of root 2, which its keys did not sign."
            ) {
                $0["trust/2.json"] = $0["trust/2.json"]?.replacing(
                    try TestKeys.fingerprint("release-a"), with: try TestKeys.fingerprint("release-d"))
            },
            try spoiled("same-signature-twice", .signature, [11], "One key's signature stands under two names.") {
                $0["trust/2.\(try TestKeys.fingerprint("root-b")).minisig"] = $0[name]
            },
            try spoiled("relabelled", .signature, [15], "A signature of `ED` over root 2 under the letters `Ed`.") {
                let file = SignatureFaults.relabelled(bytes, key)
                $0[name] = String(decoding: file, as: UTF8.self)
            },
            try spoiled("prehashed", .signature, [15], "A signature over root 2 as `minisign -S` makes it by default.")
            {
                $0[name] = String(decoding: SignatureFaults.prehashed(bytes, key), as: UTF8.self)
            },
            try spoiled("other-kind", .kind, [15], "A SHA256SUMS stands in the place of root 2.") {
                $0["trust/2.json"] = String(decoding: CommonDocuments.checksums, as: UTF8.self)
            },
            try spoiled("orphan-signature", .member, [6], "A signature of root 3, which is not there.") {
                $0["trust/3.\(try TestKeys.fingerprint("root-a")).minisig"] = $0[name]
            },
        ]
    }
}
