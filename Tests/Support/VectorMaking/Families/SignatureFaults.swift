// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import TestSupport
import Trust

/// The signature area and the signatures in it (format §5.2; trust §3, §5).
enum SignatureFaults {
    static func vectors() throws -> [Vector] {
        try area() + spelled() + forged() + counted()
    }

    /// A change of release-a's signature member, the rest of the bundle being good.
    static func signed(
        _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String,
        _ change: @escaping (inout [UInt8], [UInt8]) -> Void
    ) throws -> Vector {
        let own = try TestKeys.fingerprint("release-a")
        return try Sample.made(name, expected, rows, about) {
            $0.changeSignatures = { members, sums in change(&members[own, default: []], sums) }
        }
    }

    private static func area() throws -> [Vector] {
        let reserve = "signatures/.reserve"
        let seventeen = try (1...17).map { try TestKeys.fingerprint("stranger \($0)") }.sorted()
        return [
            try Sample.rearranged("area-not-zero", .area, [4], "A byte of the reserve is not NUL.") {
                $0[Sample.index(of: reserve, in: $0)].bytes[20000] = 1
            },
            try Sample.rearranged("area-short", .area, [4], "The signature area has 512 bytes less than 32 KiB.") {
                $0[Sample.index(of: reserve, in: $0)].bytes.removeLast(512)
            },
            try Sample.rearranged("area-odd", .area, [4], "The reserve has one byte less; its padding makes up for it.")
            {
                $0[Sample.index(of: reserve, in: $0)].bytes.removeLast()
            },
            try Sample.rearranged(
                "area-long", .area, [4], "The signature area has 512 bytes more than 32 KiB less than its limit."
            ) { members in
                let index = Sample.index(of: reserve, in: members)
                members[index].bytes = [UInt8](
                    repeating: 0, count: min(members[index].bytes.count + 512, Limits.signatureAreaBytes))
            },
            try Sample.rearranged(
                "area-foreign-name", .member, [6], "A signature member is named by other than 32 hexadecimal digits."
            ) { members in
                let index = Sample.index(of: reserve, in: members) - 1
                members[index].name = "signatures/release.minisig"
            },
            try Sample.rearranged("area-capitals", .member, [28], "A signature member is named in capitals.") {
                members in
                let index = Sample.index(of: reserve, in: members) - 1
                members[index].name =
                    "signatures/" + members[index].name.dropFirst(11).prefix(32).uppercased() + ".minisig"
            },
            try Sample.rearranged("area-twice", .member, [11, 28], "One signature is there twice under one name.") {
                members in
                let index = Sample.index(of: reserve, in: members)
                members.insert(members[index - 1], at: index)
                members[index + 1].bytes.removeLast(1024)
            },
            try Sample.rearranged("area-seventeen", .member, [17], "Seventeen signatures.") { members in
                let index = Sample.index(of: reserve, in: members)
                let file = members[index - 1].bytes
                members[index].bytes.removeLast(16 * 1024)
                members.replaceSubrange(
                    (index - 1)..<index, with: seventeen.map { (name: "signatures/\($0).minisig", bytes: file) })
            },
        ]
    }

    private static func spelled() throws -> [Vector] {
        func form(_ name: String, _ rows: [Int], _ about: String, _ change: @escaping (inout [UInt8]) -> Void) throws
            -> Vector
        {
            try signed("spelled-" + name, .form, rows, about) { bytes, _ in change(&bytes) }
        }
        return [
            try form("empty", [3], "The signature member is empty.") { $0 = [] },
            try form("comment", [29], "The untrusted comment is stock minisign's and not the one of a bundle.") {
                $0.textLines[0] = Array("untrusted comment: signature from minisign secret key".utf8)
            },
            try form("version", [8], "The untrusted comment names another version.") { $0.exchange("1.2.3", "1.2.4") },
            try form("fifth-line", [4], "A fifth line.") { $0 += Array("more\n".utf8) },
            try form("three-lines", [3], "The last line is missing.") { $0.textLines.removeLast() },
            try form("no-last-lf", [4], "The last line is not ended.") { $0.removeLast() },
            try form("crlf", [4], "Lines end in CR LF.") { $0 = $0.flatMap { $0 == 10 ? [13, 10] : [$0] } },
            try form("spare-bits", [4], "The base64 of line 2 has spare bits: a second spelling of the same bytes.") {
                let end = $0.textLines[1].count - 2
                $0.textLines[1][end] = Base64Alphabet.next($0.textLines[1][end])
            },
            try form("spare-bits-4", [4], "The base64 of line 4 has spare bits.") {
                let end = $0.textLines[3].count - 3
                $0.textLines[3][end] = Base64Alphabet.next($0.textLines[3][end])
            },
            try form("beyond-ascii", [4], "A byte beyond ASCII in the base64, which libsodium 1.0.18 reads as `A`.") {
                $0.textLines[1].beyondASCII()
            },
            try form("no-padding", [4], "The base64 of line 2 lacks its `=`.") { $0.textLines[1].removeLast() },
            try form("space", [4], "A space behind line 2.") { $0.textLines[1].append(32) },
            try form("short", [3], "Line 2 is of 73 bytes.") { bytes in
                bytes.textLines[1] = Array(Base64.encode([UInt8](repeating: 0x45, count: 73)))
            },
            try Sample.rearranged("spelled-long", .limit, [17], "The signature member has more than 1,024 bytes.") {
                let index = Sample.index(of: "signatures/.reserve", in: $0)
                $0[index - 1].bytes.textLines[2] += [UInt8](repeating: 0x78, count: 900)
                $0[index].bytes.removeLast(1024)
            },
            try form("escape", [29], "A terminal's escape sequence in the trusted comment.") {
                $0.textLines[2] += Array("\u{1b}[2J".utf8)
            },
            try form("right-to-left", [29], "A mark in the trusted comment that turns the reading direction.") {
                $0.textLines[2] += Array("\u{202e}".utf8)
            },
            try form("not-utf8", [29], "The trusted comment is not UTF-8.") { $0.textLines[2].append(0xff) },
            try form("nul", [29], "A NUL in the trusted comment.") { $0.textLines[2].append(0) },
            try form("prefix", [15], "Line 3 does not begin with `trusted comment: `.") {
                $0.textLines[2][0] = UInt8(ascii: "T")
            },
            try form("letters", [15], "The algorithm is `ed`.") {
                var raw = decoded($0)
                raw[0] = 0x65
                $0.textLines[1] = Base64.encode(raw)
            },
        ]
    }

    static func decoded(_ file: [UInt8]) -> [UInt8] { Base64.decode(file.textLines[1], count: 74) ?? [] }

    private static func forged() throws -> [Vector] {
        func forged(_ name: String, _ rows: [Int], _ about: String, _ change: @escaping (inout [UInt8]) -> Void) throws
            -> Vector
        {
            try signed("forged-" + name, .signature, rows, about) { bytes, _ in
                var raw = decoded(bytes)
                change(&raw)
                bytes.textLines[1] = Base64.encode(raw)
            }
        }
        let key = try TestKeys.key("release-a")
        func instead(
            _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String,
            _ message: @escaping ([UInt8]) -> [UInt8]
        ) throws -> Vector {
            try signed(name, expected, rows, about) { bytes, sums in
                let comment = String(decoding: bytes.textLines[2].dropFirst(17), as: UTF8.self)
                bytes = MinisignSignature(signing: message(sums), trustedComment: comment, with: key)
                    .file(untrustedComment: "bundle demo 1.2.3")
            }
        }
        return [
            try forged("r", [1], "A bit of the signature's R is another.") { $0[12] ^= 1 },
            try forged("s", [1], "A bit of the signature's S is another.") { $0[50] ^= 1 },
            try forged(
                "s-plus-l", [1, 18], "S is larger by the order of the group: the same signature in another spelling."
            ) {
                $0.replaceSubrange(42..<74, with: Scalar.plusOrder(Array($0[42..<74])))
            },
            try forged("zeros", [1], "R and S are zeros.") {
                $0.replaceSubrange(10..<74, with: [UInt8](repeating: 0, count: 64))
            },
            try forged("key-id", [11], "The key id is another: nobody signed it, and the adopted key says what it is.")
            { $0[2] ^= 1 },
            try signed("forged-comment", .signature, [1], "The trusted comment says something else than was signed.") {
                bytes, _ in
                bytes.exchange(" release ", " RELEASE ")
            },
            try signed("forged-comment-signature", .signature, [1], "A bit of the second signature is another.") {
                bytes, _ in
                var raw = Base64.decode(bytes.textLines[3], count: 64) ?? []
                raw[40] ^= 1
                bytes.textLines[3] = Base64.encode(raw)
            },
            try instead("signs-less", .signature, [16], "The signature is over all of SHA256SUMS but its last line.") {
                $0.textLines.dropLast().flatMap { $0 + [10] }
            },
            try instead("signs-nothing", .signature, [16], "The signature is over no bytes.") { _ in [] },
            try instead("signs-more", .signature, [16], "The signature is over SHA256SUMS and one LF more.") {
                $0 + [10]
            },
            try instead("signs-first-line", .signature, [16], "The signature is over the first line of SHA256SUMS.") {
                Array($0.prefix(77))
            },
            try instead(
                "relabelled", .signature, [15],
                "minisign's default `ED`, over BLAKE2b of SHA256SUMS, under the letters `Ed`."
            ) { BLAKE2b.hash($0, .bits512) },
            try signed(
                "prehashed", .algorithm, [15], "minisign's default: a true `ED` signature over BLAKE2b of SHA256SUMS."
            ) { bytes, sums in
                bytes = prehashed(sums, key)
            },
        ]
    }

    /// A signature over the hash under the letters of one over the document.
    static func relabelled(_ message: [UInt8], _ key: SigningKey) -> [UInt8] {
        MinisignSignature(signing: BLAKE2b.hash(message, .bits512), trustedComment: "hashed", with: key)
            .file(untrustedComment: "bundle demo 1.2.3")
    }

    /// What `minisign -S` without `-l` makes, with a bundle's untrusted comment.
    static func prehashed(_ message: [UInt8], _ key: SigningKey) -> [UInt8] {
        var file = MinisignSignature(
            signing: BLAKE2b.hash(message, .bits512), trustedComment: "hashed", with: key
        ).file(untrustedComment: "bundle demo 1.2.3")
        var raw = decoded(file)
        raw[1] = UInt8(ascii: "D")
        file.textLines[1] = Base64.encode(raw)
        return file
    }

    private static func counted() throws -> [Vector] {
        func counted(
            _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String, by signers: [String],
            believed: [String] = ["release-a"], threshold: Int = 1, revoked: [String] = []
        ) throws -> Vector {
            var vector = try Sample.made(name, expected, rows, about) { fixture in
                fixture.keys = try signers.map { try TestKeys.key($0) }
            }
            vector.believed = believed
            vector.threshold = threshold
            vector.revoked = revoked
            return vector
        }
        let both = ["release-a", "release-b"]
        var copied = try signed(
            "counted-copy", .signature, [11], "One key's signature again under the name of another key."
        ) { _, _ in }
        copied = try Sample.made(copied.name, copied.expected, copied.rows, copied.about) {
            let (one, two) = (try TestKeys.fingerprint("release-a"), try TestKeys.fingerprint("release-b"))
            $0.changeSignatures = { members, _ in members[two] = members[one] }
        }
        copied.believed = both
        copied.threshold = 2
        var posing = try Sample.made(
            "counted-posing", .signature, [11], "A stranger's signature under the name of a believed key."
        ) {
            $0.keys = [try TestKeys.key("stranger")]
            let (own, name) = (try TestKeys.fingerprint("stranger"), try TestKeys.fingerprint("release-a"))
            $0.changeSignatures = { members, _ in members[name] = members.removeValue(forKey: own) }
        }
        posing.believed = ["release-a"]
        let hidden = try Sample.made(
            "counted-bad-beside-good", .signature, [11], "A believed key's bad signature beside another's good one."
        ) {
            $0.keys.append(try TestKeys.key("release-b"))
            let name = try TestKeys.fingerprint("release-b")
            $0.changeSignatures = { members, _ in
                var raw = decoded(members[name] ?? [])
                raw[20] ^= 1
                members[name]?.textLines[1] = Base64.encode(raw)
            }
        }
        var bad = hidden
        bad.believed = both
        return [
            try counted("counted-none", .unsigned, [11], "No signature at all.", by: []),
            try counted("counted-stranger", .untrusted, [11], "Signed by a stranger alone.", by: ["stranger"]),
            try counted(
                "counted-other-role", .untrusted, [11],
                "Signed by a key that is believed for approvals and not for releases.", by: ["approve-a"]),
            try counted(
                "counted-twin", .untrusted, [11], "Signed by a stranger's key that has the key id of a believed one.",
                by: ["twin"]),
            try counted(
                "counted-one-of-two", .threshold, [11], "Two keys are demanded and one has signed.", by: ["release-a"],
                believed: both, threshold: 2),
            try counted(
                "counted-two-of-three", .threshold, [11], "Three keys are demanded and two have signed.", by: both,
                believed: both + ["release-c"], threshold: 3),
            try counted(
                "counted-with-stranger", .threshold, [11], "Two keys are demanded; one has signed, and a stranger.",
                by: ["release-a", "stranger"], believed: both, threshold: 2),
            try counted(
                "counted-revoked", .untrusted, [12], "Signed by a revoked key alone.", by: ["release-a"],
                revoked: ["release-a"]),
            try counted(
                "counted-half-revoked", .threshold, [12],
                "Two keys are demanded; both have signed, and one is revoked.", by: both, believed: both, threshold: 2,
                revoked: ["release-b"]),
            copied, posing, bad,
        ].map { vector in
            var vector = vector
            if !vector.revoked.isEmpty { vector.uncovered = "it is given keys and knows of no revoked ones" }
            return vector
        }
    }
}
