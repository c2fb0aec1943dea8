// SPDX-License-Identifier: Apache-2.0
import TestSupport
import BundleFormat

/// Sizes past a limit, and sizes at which 32 bits and signed numbers break: the header says so, and the file ends behind it. A
/// reader says which before it takes memory for the bytes.
enum SizeFaults {
    static func vectors() throws -> [Vector] {
        try edges() + limits()
    }

    private static func ending(
        _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String, _ member: String, size: Int64
    ) throws -> Vector {
        var members = try Sample.fixture().members()
        let index = Sample.index(of: member, in: members)
        let header = try MemberHeader(name: members[index].name, size: size)
        let kept = try members[..<index].reduce(0) { sum, member in
            sum + Int(try MemberHeader(name: member.name, size: Int64(member.bytes.count)).totalBytes)
        }
        members.removeSubrange(index...)
        return try Sample.edited(name, expected, rows, about) { $0 = Array($0[..<kept]) + header.bytes }
    }

    private static func edges() throws -> [Vector] {
        let edges: [(String, Int64, String)] = [
            ("2g-1", (2 << 30) - 1, "2 GiB - 1"), ("2g", 2 << 30, "2 GiB"), ("4g-1", (4 << 30) - 1, "4 GiB - 1"),
            ("4g", 4 << 30, "4 GiB"), ("4g+1", (4 << 30) + 1, "4 GiB + 1"), ("4g+512", (4 << 30) + 512, "4 GiB + 512"),
            ("8g-1", (8 << 30) - 1, "8 GiB - 1, the most that eleven digits say"),
        ]
        return try edges.map { name, size, words in
            try ending(
                "size-" + name, .truncated, [16], "A document of \(words) in a file that ends behind its header.",
                Sample.upgrade, size: size)
        }
    }

    private static func limits() throws -> [Vector] {
        func limit(_ name: String, _ member: String, _ size: Int) throws -> Vector {
            try ending(
                "limit-" + name, .limit, [17], "\(member) is one byte past its limit.", member, size: Int64(size) + 1)
        }
        var all = [
            try limit("readme", "README.txt", Limits.readmeBytes),
            try limit("checksums", "SHA256SUMS", Limits.checksumListBytes),
            try limit("manifest", "manifest.json", Limits.manifestBytes),
            try limit("file-list", "files.sha256", Limits.fileListBytes),
            try limit("pack-index", "packs.index", Limits.packIndexBytes),
            try limit("pack", "packs/", Limits.packStoredBytes),
            try limit("reserve", "signatures/.reserve", Limits.signatureAreaBytes),
        ]
        all.append(
            try Sample.made("limit-trust-root", .limit, [17], "A trust root of 64 KiB and one byte.") {
                $0.trust = ["trust/2.json": String(repeating: " ", count: Limits.trustRootBytes + 1)]
            })
        all.append(
            try Sample.made("limit-trust", .limit, [14, 17], "Members below trust/ of more than 4 MiB together.") {
                fixture in
                for number in 1...65 {
                    fixture.trust["trust/\(number + 1000).json"] = String(repeating: " ", count: Limits.trustRootBytes)
                }
            })
        return all
    }
}
