// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import TestSupport

/// Members that are missing, twice, misplaced or none of a bundle's (format §4.1).
enum MemberFaults {
    static func vectors() throws -> [Vector] {
        try missing() + twice() + swapped() + added() + listed()
    }

    private static func missing() throws -> [Vector] {
        func without(_ name: String, _ member: String, _ expected: RefusalClass = .member) throws -> Vector {
            try Sample.rearranged("without-" + name, expected, [6], "\(member) is missing.") { members in
                members.removeAll { $0.name == member }
            }
        }
        return [
            try without("readme", "README.txt", .notABundle), try without("checksums", "SHA256SUMS"),
            try without("reserve", "signatures/.reserve"), try without("manifest", "manifest.json"),
            try without("file-list", "files.sha256"), try without("pack-index", "packs.index"),
            try without("document", Sample.upgrade), try without("bill", "sbom/release.cdx.json"),
            try Sample.rearranged("without-pack", .member, [6], "The first pack is missing.") {
                $0.remove(at: Sample.pack(0, in: $0))
            },
            try Sample.rearranged(
                "without-last-pack", .member, [3, 6], "The last pack is missing; the file ends well."
            ) {
                $0.removeLast()
            },
        ]
    }

    private static func twice() throws -> [Vector] {
        func twice(_ name: String, _ member: String) throws -> Vector {
            try Sample.rearranged("twice-" + name, .member, [28], "\(member) is there twice.") { members in
                let index = Sample.index(of: member, in: members)
                members.insert(members[index], at: index)
            }
        }
        return [
            try twice("readme", "README.txt"), try twice("checksums", "SHA256SUMS"),
            try twice("manifest", "manifest.json"),
            try twice("document", Sample.upgrade),
            try Sample.rearranged("twice-pack", .member, [28], "A pack is there twice.") {
                $0.insert($0[Sample.pack(0, in: $0)], at: Sample.pack(0, in: $0))
            },
        ]
    }

    private static func swapped() throws -> [Vector] {
        func swapped(_ name: String, _ one: String, _ two: String) throws -> Vector {
            try Sample.rearranged("swapped-" + name, .member, [5], "\(one) and \(two) have changed places.") {
                members in
                members.swapAt(Sample.index(of: one, in: members), Sample.index(of: two, in: members))
            }
        }
        return [
            try swapped("head", "manifest.json", "files.sha256"),
            try swapped("body", Sample.upgrade, "sbom/release.cdx.json"),
            try swapped("checksums", "SHA256SUMS", "manifest.json"),
            try Sample.rearranged("swapped-packs", .member, [5], "Two packs have changed places.") {
                $0.swapAt(Sample.pack(0, in: $0), Sample.pack(1, in: $0))
            },
            try Sample.rearranged("swapped-reserve", .area, [28], "A signature stands behind the reserve.") {
                members in
                let index = Sample.index(of: "signatures/.reserve", in: members)
                members.swapAt(index - 1, index)
            },
        ]
    }

    /// Put in by an attacker: SHA256SUMS does not name them.
    private static func added() throws -> [Vector] {
        func added(_ name: String, _ rows: [Int], _ member: String, before: String = "sbom/release.cdx.json") throws
            -> Vector
        {
            try Sample.rearranged("added-" + name, .member, rows, "A member `\(member)` that nobody signed.") {
                members in
                members.insert((member, Array("evil\n".utf8)), at: Sample.index(of: before, in: members))
            }
        }
        return [
            try added("document", [6], "docs/extra.md"), try added("bill", [6], "sbom/extra.json", before: "packs/"),
            try added("trust-root", [6], "trust/2.json", before: "manifest.json"),
            try added("pack", [6], "packs/\(Digest.ofBytes(Array("evil\n".utf8)).hex).raw", before: "packs/"),
            try added("hook", [32], "hooks/post-install.sh"), try added("top", [6], "EVIL"),
            try added("case", [29], "Docs/UPGRADE.md"), try added("same-in-other-case", [29], "docs/upgrade.md"),
            try added("dot", [28], "docs/./UPGRADE.md"), try added("leading-dot", [28], "./docs/UPGRADE.md"),
            try added("double-slash", [28], "docs//UPGRADE.md"),
            try added("climbing", [20], "docs/../../etc/cron.d/evil"),
            try added("absolute", [20], "/etc/cron.d/evil"), try added("backslash", [20], "docs\\..\\evil"),
            try added("drive", [20], "C:evil"), try added("dash", [20], "docs/-rf"),
            try added("below-file", [23], "docs/UPGRADE.md/evil"),
            try added("directory", [23], "docs/"),
        ]
    }

    /// Signed by the right key, and still no member of a bundle.
    private static func listed() throws -> [Vector] {
        func listed(
            _ name: String, _ expected: RefusalClass, _ rows: [Int], _ first: String, _ second: String, _ about: String
        ) throws -> Vector {
            try Sample.made("signed-" + name, expected, rows, about) { fixture in
                fixture.sbom = [first: "{}\n", second: "[]\n"]
            }
        }
        return [
            try listed(
                "bill-below-bill", .member, [23, 28], "sbom/a", "sbom/a/b",
                "One bill stands below another: both cannot be unpacked."),
            try listed(
                "climbing", .line, [20], "sbom/../evil", "sbom/b",
                "SHA256SUMS names a path that climbs, and it is there."),
            try listed(
                "unknown", .line, [32], "scripts/run.sh", "sbom/b",
                "SHA256SUMS names a member that no bundle has, and it is there."),
        ]
    }
}
