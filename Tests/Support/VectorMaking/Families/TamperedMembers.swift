// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import TestSupport

/// Members whose bytes are not those that were signed.
enum TamperedMembers {
    static func vectors() throws -> [Vector] {
        try flipped() + exchanged() + mixed()
    }

    private static func flipped() throws -> [Vector] {
        func flipped(_ name: String, _ row: Int, _ member: String, _ expected: RefusalClass = .digest) throws -> Vector
        {
            try Sample.rearranged("flipped-" + name, expected, [row], "One bit of \(member) is another.") { members in
                let index = Sample.index(of: member, in: members)
                members[index].bytes[members[index].bytes.count - 2] ^= 1
            }
        }
        var rooted = try Sample.made("flipped-trust-root", .digest, [12], "One bit of trust/2.json is another.") {
            $0.trust = ["trust/2.json": "{}\n"]
            $0.changeMembers = { $0[Sample.index(of: "trust/2.json", in: $0)].bytes[0] ^= 1 }
        }
        rooted.believed = ["release-a"]
        return [
            try flipped("readme", 1, "README.txt"), try flipped("checksums", 1, "SHA256SUMS", .signature),
            try flipped("manifest", 1, "manifest.json"), try flipped("file-list", 1, "files.sha256"),
            try flipped("pack-index", 1, "packs.index"), try flipped("document", 2, Sample.upgrade),
            try flipped("bill", 2, "sbom/release.cdx.json"), rooted,
            try Sample.rearranged("flipped-pack", .digest, [2], "One bit of a pack is another.") {
                $0[Sample.pack(0, in: $0)].bytes[3] ^= 1
            },
            try Sample.rearranged("longer-document", .digest, [2], "A document has one byte more.") {
                $0[Sample.index(of: Sample.upgrade, in: $0)].bytes.append(0)
            },
            try Sample.rearranged("longer-pack", .size, [2], "A pack has one byte more than packs.index says.") {
                $0[Sample.pack(0, in: $0)].bytes.append(0)
            },
            try Sample.rearranged("empty-pack", .size, [2, 3], "A pack is empty.") {
                $0[Sample.pack(0, in: $0)].bytes = []
            },
            try Sample.rearranged("shorter-manifest", .digest, [1], "The manifest's last LF is missing.") {
                $0[Sample.index(of: "manifest.json", in: $0)].bytes.removeLast()
            },
        ]
    }

    /// Two packs of one size, each under the other's name.
    private static func exchanged() throws -> [Vector] {
        [
            try Sample.made("exchanged-packs", .digest, [5], "Two packs of one size have each other's bytes.") {
                $0.files["share/a"] = "alpha\n"
                $0.files["share/b"] = "gamma\n"
                $0.changeMembers = { members in
                    let pair = members.indices.filter {
                        members[$0].name.hasPrefix("packs/") && members[$0].bytes.count == 6
                    }
                    let bytes = members[pair[0]].bytes
                    members[pair[0]].bytes = members[pair[1]].bytes
                    members[pair[1]].bytes = bytes
                }
            },
            try Sample.made("exchanged-documents", .digest, [5], "Two documents of one size have each other's bytes.") {
                $0.files["docs/a"] = "alpha\n"
                $0.files["docs/b"] = "gamma\n"
                $0.changeMembers = { members in
                    let one = Sample.index(of: "docs/a", in: members)
                    let two = Sample.index(of: "docs/b", in: members)
                    (members[one].bytes, members[two].bytes) = (members[two].bytes, members[one].bytes)
                }
            },
        ]
    }

    /// Parts of two bundles that the same key has signed.
    private static func mixed() throws -> [Vector] {
        var older = try Sample.fixture()
        older.version = "1.2.2"
        older.files["share/page.html"] = "<p>hell!</p>\n"
        let other = try older.members()
        func mixed(_ name: String, _ expected: RefusalClass, _ about: String, _ take: @escaping (String) -> Bool) throws
            -> Vector
        {
            try Sample.rearranged("mixed-" + name, expected, [6, 8], about) { members in
                for index in members.indices where take(members[index].name) {
                    members[index].bytes = other[min(index, other.count - 1)].bytes
                }
            }
        }
        return [
            try mixed("manifest", .digest, "The manifest of an older release, signed by the same key.") {
                $0 == "manifest.json"
            },
            try mixed("file-list", .digest, "The files.sha256 of an older release.") { $0 == "files.sha256" },
            try mixed("signature", .form, "The signature of an older release, by the same key.") {
                $0.hasSuffix(".minisig")
            },
            try mixed("checksums", .signature, "The SHA256SUMS of an older release under the new one's signature.") {
                $0 == "SHA256SUMS"
            },
            try mixed(
                "signed-head", .form, "SHA256SUMS and signature of an older release under the new one's README.txt."
            ) {
                $0 == "SHA256SUMS" || $0.hasSuffix(".minisig")
            },
            try mixed("readme", .form, "README.txt of an older release: the claim of another version.") {
                $0 == "README.txt"
            },
        ]
    }
}
