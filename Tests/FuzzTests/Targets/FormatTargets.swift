// SPDX-License-Identifier: Apache-2.0
import BundleFormat

/// The text documents of a bundle, and the head of a member.
enum FuzzTargets {
    static let all: [String: FuzzTarget] = [
        "header": { bytes in
            let header = try MemberHeader(parsing: bytes)
            // One header has one spelling.
            precondition(header.bytes == bytes)
        },
        "readme": { bytes in _ = try Readme(parsing: bytes) },
        "checksums": { bytes in holds(try ChecksumList(parsing: bytes).bytes == bytes) },
        "parts": { bytes in holds(try PartList(parsing: bytes, document: "").bytes == bytes) },
        "file-list": { bytes in holds(try FileList(parsing: bytes).bytes == bytes) },
        "pack-index": { bytes in holds(try PackIndex(parsing: bytes).bytes == bytes) },
        "manifest": { bytes in
            let manifest = try ManifestDocument.decode(bytes)
            holds(try ManifestDocument.encode(manifest) == bytes)
        },
        "json": { bytes in
            try? ForeignJSON.check(bytes)
            let canonical = CanonicalJSON.write(try StrictJSON.parse(bytes))
            holds(try CanonicalJSON.write(StrictJSON.parse(canonical)) == canonical)
        },
    ]
}
