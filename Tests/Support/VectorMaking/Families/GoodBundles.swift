// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import TestSupport
import Trust

/// What must pass: each is near a rule that a strict reader may get wrong.
enum GoodBundles {
    static func vectors() throws -> [Vector] {
        var all = [
            try Sample.made("good", .good, [], "The bundle that the others are changes of.") { _ in },
            try Sample.made(
                "good-bare", .good, [], "No document, no bill, no link: members of the head and packs alone."
            ) {
                $0.files = ["bin/web": "#!/bin/sh\n"]
                $0.sbom = [:]
                $0.symlinks = [:]
            },
            try Sample.made(
                "good-name-of-100", .good, [24],
                "A member's name of 100 bytes, the most there is, has no NUL behind it."
            ) {
                $0.files["docs/" + String(repeating: "n", count: 95)] = "long\n"
            },
            try Sample.made("good-link-up", .good, [21], "A link that climbs as far as the release's own directory.") {
                $0.symlinks["share/web"] = "../bin/web"
            },
            try Sample.made(
                "good-case", .good, [29], "Two paths that differ in case alone are two files; the alphabet is ASCII."
            ) {
                $0.files["share/PAGE.html"] = "<p>HELLO</p>\n"
            },
            try Sample.made(
                "good-spaces", .good, [20], "A path with a space, a bracket and a quote that the alphabet allows."
            ) {
                $0.files["share/a page (it's 1).html"] = "x\n"
            },
            try Sample.made(
                "good-block-sizes", .good, [4], "Documents of 511, 512, 513 and no bytes: padding of 1, 0, 511 and 0."
            ) {
                for count in [511, 512, 513, 0] { $0.files["docs/\(count)"] = String(repeating: "x", count: count) }
            },
        ]
        all += try signed() + packed()
        return all
    }

    private static func signed() throws -> [Vector] {
        var two = try Sample.made("good-two-of-two", .good, [11], "Two keys are demanded and two have signed.") {
            $0.keys.append(try TestKeys.key("release-b"))
        }
        two.believed = ["release-a", "release-b"]
        two.threshold = 2
        let stranger = try Sample.made(
            "good-stranger-beside", .good, [11],
            "A stranger's signature beside a believed one is reported and counts for nothing."
        ) {
            $0.keys.append(try TestKeys.key("stranger"))
        }
        var revoked = try Sample.made(
            "good-revoked-beside", .good, [12], "A revoked key's signature beside one that suffices changes nothing."
        ) {
            $0.keys.append(try TestKeys.key("release-b"))
        }
        revoked.revoked = ["release-b"]
        revoked.uncovered = "it is given keys and knows of no revoked ones"
        var twins = try Sample.made(
            "good-twins", .good, [11],
            "Two keys share a key id and are two keys: keys are told apart by their public half."
        ) {
            $0.keys.append(try TestKeys.key("twin"))
        }
        twins.believed = ["release-a", "twin"]
        twins.threshold = 2
        let sixteen = try Sample.made(
            "good-sixteen-signatures", .good, [17], "Sixteen signatures, the most there may be; one is believed."
        ) {
            for number in 2...16 { $0.keys.append(try TestKeys.key("stranger \(number)")) }
        }
        let timed = try commented(
            "good-minisign-comment", "timestamp:1795240800\tfile:SHA256SUMS",
            "The trusted comment that stock minisign writes, with a tab in it.")
        var foreign = try commented(
            "good-comment-utf8", "freigegeben von Zo\u{eb}, K\u{f6}ln", "A trusted comment that is not ASCII.")
        foreign.uncovered = "it takes ASCII comments only"
        return [two, stranger, revoked, twins, sixteen, timed, foreign]
    }

    private static func commented(_ name: String, _ comment: String, _ about: String) throws -> Vector {
        let key = try TestKeys.key("release-a")
        return try Sample.made(name, .good, [29], about) {
            $0.changeSignatures = { members, sums in
                members[key.publicKey.fingerprint.hex] = MinisignSignature(
                    signing: sums, trustedComment: comment, with: key
                ).file(untrustedComment: "bundle demo 1.2.3")
            }
        }
    }

    private static func packed() throws -> [Vector] {
        func unpack(
            _ name: String, _ about: String, _ form: @escaping ([UInt8]) -> BundleFixture.StoredForm
        ) throws -> Vector {
            try Sample.made(name, .good, [19], about, kind: .unpack) {
                $0.recode = { path, bytes in path == Sample.page ? form(bytes) : nil }
            }
        }
        return [
            try unpack("good-pack-raw", "A pack of the bytes themselves.") { BundleFixture.StoredForm(.raw, $0) },
            try unpack("good-pack-xz", "An xz pack with a CRC64.") {
                BundleFixture.StoredForm(.xz, XZFile().bytes($0))
            },
            try unpack("good-pack-xz-x86", "An xz pack behind the x86 branch filter.") {
                BundleFixture.StoredForm(.xz, XZFile(x86Filter: true).bytes($0))
            },
            try unpack("good-pack-zstd", "A zstd pack.") { BundleFixture.StoredForm(.zstd, ZstdFile.plain($0)) },
        ]
    }
}
