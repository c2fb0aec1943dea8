// SPDX-License-Identifier: Apache-2.0
import Trust
import BundleFormat
import Cryptography

/// Public key files (trust §2.1).
enum PublicKeys {
    static func vectors() throws -> [Vector] {
        let key = try TestKeys.key("release-a").publicKey
        func file(
            _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String, _ change: (inout [UInt8]) -> Void
        ) -> Vector {
            var bytes = key.file
            change(&bytes)
            return Vector("public-" + name, .publicKey, expected, rows: rows, about, bytes)
        }
        func coded(_ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String, _ raw: [UInt8]) -> Vector {
            Vector(
                "public-" + name, .publicKey, expected, rows: rows, about,
                Array("untrusted comment: minisign public key\n".utf8) + Base64.encode(raw) + [10])
        }
        let letters = Array("Ed".utf8)
        let all = [
            file("good", .good, [], "A public key as minisign writes it.") { _ in },
            file("good-crlf", .good, [], "Lines that end in CR LF, as Windows leaves them.") {
                $0 = $0.flatMap { $0 == 10 ? [13, 10] : [$0] }
            },
            file("good-no-lf", .good, [], "The last line is not ended.") { $0.removeLast() },
            file("third-line", .form, [4], "A third line.") { $0 += Array("more\n".utf8) },
            file("one-line", .form, [3], "The comment is missing.") { $0.textLines.removeFirst() },
            file("comment", .form, [15], "The first line is no comment.") { $0[0] = UInt8(ascii: "U") },
            file("escape", .form, [29], "A terminal's escape sequence in the comment.") {
                $0.textLines[0] += Array("\u{1b}[2J".utf8)
            },
            file("space", .form, [18], "A space behind the key.") { $0.textLines[1].append(32) },
            file("url-alphabet", .form, [18], "The base64 is of the alphabet for URLs.") {
                $0.textLines[1] = $0.textLines[1].map {
                    $0 == UInt8(ascii: "+") ? UInt8(ascii: "-") : $0 == UInt8(ascii: "/") ? UInt8(ascii: "_") : $0
                }
                $0.textLines[1][20] = UInt8(ascii: "_")
            },
            coded("short", .form, [3], "41 bytes.", Array((letters + key.id.bytes + key.key.bytes).dropLast())),
            coded("long", .form, [4], "43 bytes.", letters + key.id.bytes + key.key.bytes + [0]),
            coded("prehashed", .form, [15], "The algorithm is `ED`.", Array("ED".utf8) + key.id.bytes + key.key.bytes),
            Vector("public-empty", .publicKey, .form, rows: [3], "An empty file.", []),
        ]
        return all
            + Points.weak.map { name, about, point in
                coded(name, .weak, [11], about, letters + key.id.bytes + point)
            }
    }
}

/// Encodings that are no honest person's key (RFC 8032 §5.1.3; C2SP's Ed25519 vectors).
private enum Points {
    private static let zeros = [UInt8](repeating: 0, count: 32)

    /// 2^255 - 19 and a little, with or without the sign bit.
    private static func field(_ add: UInt8, sign: UInt8 = 0) -> [UInt8] {
        [0xed + add] + [UInt8](repeating: 0xff, count: 30) + [0x7f | sign]
    }

    private static func bytes(_ hex: String) -> [UInt8] { Hexadecimal.decode(hex.utf8) ?? [] }

    static let weak: [(String, String, [UInt8])] = [
        ("identity", "The neutral element: any message has a signature that holds.", [1] + zeros.dropLast()),
        ("order-2", "The point of order 2.", [0xec] + [UInt8](repeating: 0xff, count: 30) + [0x7f]),
        ("order-4", "A point of order 4.", zeros),
        ("order-4-negative", "The other point of order 4.", zeros.dropLast() + [0x80]),
        ("order-8", "A point of order 8.", bytes("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05")),
        (
            "order-8-other", "Another point of order 8.",
            bytes("c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a")
        ),
        ("identity-not-canonical", "The neutral element in a second encoding.", field(1)),
        ("order-4-not-canonical", "A point of order 4 in a second encoding.", field(0)),
        ("sign-of-zero", "The neutral element with a sign that zero has not.", [1] + zeros.dropLast(2) + [0x80]),
        ("off-curve", "No point of the curve.", [2] + zeros.dropLast()),
    ]
}
