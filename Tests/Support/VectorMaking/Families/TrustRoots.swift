// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Trust

/// Trust roots whose bytes somebody has vouched for (trust §4), and the releases that they let in.
enum TrustRoots {
    static func vectors() throws -> [Vector] { try shapes() + rules() + admissions() }

    static func good() throws -> TrustRoot {
        var root = TrustRoot(adopting: try TestKeys.key("root-a").publicKey)
        func rule(_ threshold: Int, _ names: String...) throws -> TrustRoot.Rule {
            for name in names {
                root.keys[try TestKeys.fingerprint(name)] = TrustRoot.Key(
                    key: try TestKeys.key(name).publicKey.base64, name: name)
            }
            return TrustRoot.Rule(keys: try names.map { try TestKeys.fingerprint($0) }.sorted(), threshold: threshold)
        }
        root.roles["root"] = try rule(2, "root-a", "root-b", "root-c")
        root.roles["release"] = try rule(1, "release-a", "release-b")
        root.roles["approve"] = try rule(1, "approve-a", "approve-b")
        root.roles["host"] = try rule(1, "host-a")
        root.minimumVersions = ["demo": "1.0.0"]
        root.bestBefore = "2027-01-31T00:00:00Z"
        return root
    }

    private static func made(
        _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String,
        _ change: (inout TrustRoot) throws -> Void
    ) throws -> Vector {
        var root = try good()
        try change(&root)
        return Vector("root-" + name, .root, expected, rows: rows, about, try CanonicalDocument.encode(root))
    }

    private static func shapes() throws -> [Vector] {
        func text(_ name: String, _ rows: [Int], _ about: String, _ change: (inout [UInt8]) -> Void) throws -> Vector {
            var bytes = try CanonicalDocument.encode(try good())
            change(&bytes)
            return Vector("root-" + name, .root, .json, rows: rows, about, bytes)
        }
        let one = TrustRoot(adopting: try TestKeys.key("root-a").publicKey)
        return [
            try made("good", .good, [], "Three keys for roots, of which two must agree, and keys for each other role.")
            { _ in },
            Vector(
                "root-good-single", .root, .good, rows: [],
                "One key for roots and releases: what adopting a public key makes.", try CanonicalDocument.encode(one)),
            try made("good-revoked", .good, [12], "A revoked key beside enough others.") {
                $0.revoked = [try TestKeys.fingerprint("release-b")]
            },
            try made(
                "good-old-best-before", .good, [9, 13],
                "A best-before of 1970 refuses nothing: a clock never bricks a host."
            ) { $0.bestBefore = "1970-01-01T00:00:00Z" },
            try text("unknown", [18], "A key that no reader knows.") {
                $0.exchange(" \"bestBefore\"", " \"allow\": true,\n \"bestBefore\"")
            },
            try text("twice", [18], "A key is there twice.") {
                $0.exchange(" \"number\": 1,", " \"number\": 1,\n \"number\": 1,")
            },
            try text("no-lf", [18], "The last LF is missing.") { $0.removeLast() },
            try text("trailing", [4, 18], "A second document behind the first.") { $0 += $0 },
            try text("fraction", [18], "A threshold with a fraction.") {
                $0.exchange("\"threshold\": 2", "\"threshold\": 2.0")
            },
            try text("long", [17], "More than 64 KiB.") { $0 += [UInt8](repeating: 10, count: Limits.trustRootBytes) },
            try text("is-a-list", [15], "A SHA256SUMS in the place of a root.") { $0 = CommonDocuments.checksums },
        ]
    }

    private static func rules() throws -> [Vector] {
        let fingerprint = TestKeys.fingerprint
        return [
            try made("format", .root, [15], "A format that is not known.") { $0.format = "bundle-trust/2" },
            try made("number-zero", .root, [10], "The number is 0.") { $0.number = 0 },
            try made("number-past-limit", .root, [10], "The number has ten digits: none could follow.") {
                $0.number = 1_000_000_000
            },
            try made("threshold-zero", .root, [11], "No signature is demanded.") { $0.roles["release"]?.threshold = 0 },
            try made("threshold-negative", .root, [11], "A negative threshold.") { $0.roles["root"]?.threshold = -1 },
            try made(
                "threshold-high", .root, [11],
                "A threshold that is more than the keys: the host would be locked for ever."
            ) { $0.roles["root"]?.threshold = 4 },
            try made("threshold-revoked", .root, [12], "A threshold that is more than the keys that are not revoked.") {
                $0.revoked = try ["root-a", "root-b"].map { try fingerprint($0) }.sorted()
            },
            try made("two-roles", .root, [11], "A key in two roles.") {
                $0.roles["approve"]?.keys = try ["approve-a", "release-a"].map { try fingerprint($0) }.sorted()
            },
            try made("no-role", .root, [11], "A key without a role.") {
                $0.keys[try fingerprint("stranger")] = TrustRoot.Key(key: try TestKeys.key("stranger").publicKey.base64)
            },
            try made("unknown-key", .root, [11], "A role with a key that the root has not.") {
                $0.roles["host"]?.keys = [try fingerprint("stranger")]
            },
            try made("same-key-twice", .root, [11], "A role with one key twice, which would count for two.") { root in
                let key = try fingerprint("release-a")
                root.roles["release"]?.keys = [key, key]
            },
            try made("unsorted", .root, [18], "The keys of a role are not in their order.") {
                $0.roles["root"]?.keys.reverse()
            },
            try made("foreign-fingerprint", .root, [11], "A key under another key's fingerprint.") {
                $0.keys[try fingerprint("release-a")] = TrustRoot.Key(
                    key: try TestKeys.key("stranger").publicKey.base64)
            },
            try made("key-id", .root, [11], "A key under its key id in the place of its fingerprint.") { root in
                root.keys[try TestKeys.key("release-a").id.description.lowercased()] = root.keys.removeValue(
                    forKey: try fingerprint("release-a"))
            },
            try made("weak-key", .root, [11], "A key that is the neutral element.") { root in
                let weak = "RWQBAgMEBQYHCAEAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"
                root.keys[try fingerprint("release-a")] = TrustRoot.Key(key: weak)
            },
            try made("no-release", .root, [11], "Nobody may sign releases.") { root in
                for name in ["release-a", "release-b"] { root.keys[try fingerprint(name)] = nil }
                root.roles["release"] = nil
            },
            try made("no-root", .root, [14], "Nobody may sign the next root.") { root in
                for name in ["root-a", "root-b", "root-c"] { root.keys[try fingerprint(name)] = nil }
                root.roles["root"] = nil
            },
            try made("unknown-role", .root, [18], "A role that is not known.") {
                $0.roles["operator"] = $0.roles.removeValue(forKey: "host")
            },
            try made("key-name", .root, [29], "A key's name with a newline.") {
                $0.keys[try fingerprint("host-a")]?.name = "a\nb"
            },
            try made("revoked-name", .root, [12], "Something else than a fingerprint among the revoked.") {
                $0.revoked = ["release-b"]
            },
            try made("date", .root, [13], "A best-before that is not RFC 3339 in UTC.") {
                $0.bestBefore = "2027-01-31"
            },
            try made("minimum", .root, [8], "A minimum that is no version.") { $0.minimumVersions = ["demo": "1.0"] },
            try made("minimum-name", .root, [8], "A minimum for what is no product's name.") {
                $0.minimumVersions = ["../demo": "1.0.0"]
            },
        ]
    }

    private static func admissions() throws -> [Vector] {
        func admitted(_ name: String, _ expected: RefusalClass, _ about: String, _ product: String, _ minimum: String)
            throws -> Vector
        {
            var root = try good()
            root.minimumVersions = [product: minimum]
            return Vector("minimum-" + name, .admission, expected, rows: [8], about, try CanonicalDocument.encode(root))
        }
        return [
            try admitted("good", .good, "The release is as old as the minimum.", "demo", "1.2.3"),
            try admitted("good-preview", .good, "A release is newer than its own preview.", "demo", "1.2.3-rc.9"),
            try admitted("good-other", .good, "The minimum of another product.", "demo-two", "9.0.0"),
            try admitted("older", .downgrade, "The release is older than the minimum.", "demo", "1.3.0"),
            try admitted(
                "older-by-number", .downgrade, "1.2.3 is older than 1.2.10, though not by its letters.", "demo",
                "1.2.10"),
            try admitted(
                "older-major", .downgrade, "The minimum is of the next major version's preview.", "demo", "2.0.0-alpha"),
        ]
    }
}
