// SPDX-License-Identifier: Apache-2.0
import TestSupport

/// Files that end too early, too late, or are something else (format §1, §4.3, §4.4).
enum TornFiles {
    static func vectors() throws -> [Vector] {
        try cuts() + tails() + strangers()
    }

    private static func cuts() throws -> [Vector] {
        let count = try Sample.fixture().bytes().count
        func cut(_ name: String, _ bytes: Int, _ about: String) throws -> Vector {
            try Sample.edited("cut-" + name, .truncated, [3, 39], about) { $0 = Array($0[..<bytes]) }
        }
        let document = try Sample.offset(of: Sample.upgrade)
        return [
            try cut("first-header", 300, "The file ends inside its first header."),
            try cut("readme", 520, "The file ends inside README.txt."),
            try cut("checksums", try Sample.offset(of: "SHA256SUMS") + 600, "The file ends inside SHA256SUMS."),
            try cut(
                "area", try Sample.offset(of: "signatures/.reserve") + 5000, "The file ends inside the signature area."),
            try cut("head", try Sample.offset(of: "manifest.json"), "The file ends behind the signature area."),
            try cut("header", document + 100, "The file ends inside a document's header."),
            try cut("document", document + 515, "The file ends inside a document."),
            try cut("padding", document + 600, "The file ends inside the padding behind a document."),
            try cut("before-end", count - 1024, "Both blocks of the end marker are missing."),
            try cut("half-end", count - 512, "One block of the end marker is missing."),
            try cut("last-byte", count - 1, "The last byte is missing."),
        ]
    }

    private static func tails() throws -> [Vector] {
        func tail(_ name: String, _ about: String, _ extra: [UInt8]) throws -> Vector {
            try Sample.edited("tail-" + name, .end, [4], about) { $0 += extra }
        }
        func dirty(_ name: String, _ expected: RefusalClass, _ about: String, at offset: Int) throws -> Vector {
            try Sample.edited(name, expected, [4], about) { $0[offset] = 1 }
        }
        let count = try Sample.fixture().bytes().count
        return [
            try tail("byte", "One NUL behind the end.", [0]),
            try tail(
                "block", "One more block of NULs behind the end, as other tar writers leave.",
                [UInt8](repeating: 0, count: 512)),
            try tail(
                "record", "NULs up to a record of 10 KiB behind the end, as tar writes by default.",
                [UInt8](repeating: 0, count: 8192)),
            try tail("text", "A line of text behind the end.", Array("hello\n".utf8)),
            try tail("bundle", "A second whole bundle behind the end.", try Sample.fixture().bytes()),
            try dirty("end-second-block", .end, "The second block of the end marker is not zeros.", at: count - 300),
            try dirty("padding-readme", .padding, "A byte of the padding behind README.txt is not NUL.", at: 1000),
            try dirty(
                "padding-document", .padding, "A byte of the padding behind a document is not NUL.",
                at: try Sample.offset(of: Sample.upgrade) + 1000),
            try dirty(
                "padding-pack", .padding, "The last byte of the padding behind the last pack is not NUL.",
                at: count - 1025),
        ]
    }

    private static func strangers() throws -> [Vector] {
        func other(_ name: String, _ expected: RefusalClass, _ about: String, _ bytes: [UInt8]) -> Vector {
            Vector("not-" + name, .bundle, expected, rows: [39], about, bytes)
        }
        let appleDouble: [UInt8] =
            [0, 5, 0x16, 7, 0, 2, 0, 0] + Array("Mac OS X        ".utf8) + [UInt8](repeating: 0, count: 60)
        return [
            other("anything", .notABundle, "An empty file.", []),
            other("a-mac-shadow", .notABundle, "An AppleDouble file, as `._demo.bundle` on a stick.", appleDouble),
            other(
                "an-archive", .notABundle, "A zip file.", Array("PK\u{3}\u{4}".utf8) + [UInt8](repeating: 0, count: 508)
            ),
            other("zeros", .notABundle, "Nothing but NULs.", [UInt8](repeating: 0, count: 10240)),
            other(
                "opened-age", .notABundle, "A file that is encrypted for the journey.",
                Array("age-encryption.org/v1\n-> X25519 x\n".utf8)),
            try Sample.edited("not-at-the-start", .notABundle, [4, 39], "One byte stands before the first header.") {
                $0.insert(0, at: 0)
            },
        ]
    }
}
