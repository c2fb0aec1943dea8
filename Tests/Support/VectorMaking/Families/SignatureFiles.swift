// SPDX-License-Identifier: Apache-2.0
import Cryptography
import Trust

/// Signature files as people's own tools make them, over `common/SHA256SUMS`: what `sign --attach` and approvals read
/// (trust §3.1).
enum SignatureFiles {
    static func vectors() throws -> [Vector] {
        let key = try TestKeys.key("release-a")
        let good = MinisignSignature(
            signing: CommonDocuments.checksums, trustedComment: "timestamp:1795240800\tfile:SHA256SUMS", with: key
        ).file(untrustedComment: "signature from minisign secret key")
        func file(
            _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String, _ change: (inout [UInt8]) -> Void
        ) -> Vector {
            var bytes = good
            change(&bytes)
            return Vector("minisig-" + name, .signature, expected, rows: rows, about, bytes)
        }
        return [
            file("good", .good, [], "A signature as `minisign -S -l` makes it.") { _ in },
            file("good-crlf", .good, [], "Lines that end in CR LF.") {
                $0 = $0.flatMap { $0 == 10 ? [13, 10] : [$0] }
            },
            file("good-no-lf", .good, [], "The last line is not ended.") { $0.removeLast() },
            file("junk", .form, [4], "Text behind the last line: stock minisign takes that.") {
                $0 += Array("junk\n".utf8)
            },
            file("empty-line", .form, [4], "An empty line behind the last.") { $0.append(10) },
            file("junk-in-line", .form, [4], "Text behind the second signature, in its line.") {
                $0.textLines[3] += Array(" junk".utf8)
            },
            file("second-file", .form, [4], "The file again, behind itself.") { $0 += $0 },
            file("nul", .form, [4, 29], "A NUL behind the last line.") { $0.append(0) },
            file("three-lines", .form, [3], "The last line is missing.") { $0.textLines.removeLast() },
            file("spare-bits", .form, [4], "The base64 has spare bits.") {
                let end = $0.textLines[1].count - 2
                $0.textLines[1][end] = Base64Alphabet.next($0.textLines[1][end])
            },
            file("long", .form, [17], "A comment that makes the file longer than 16 KiB.") {
                $0.textLines[0] += [UInt8](repeating: 0x78, count: 17000)
            },
            file("escape", .form, [29], "A terminal's escape sequence in the trusted comment.") {
                $0.textLines[2] += Array("\u{1b}[2J".utf8)
            },
            file("letters", .form, [15], "The algorithm is `RS`.") {
                var raw = SignatureFaults.decoded($0)
                raw.replaceSubrange(0..<2, with: Array("RS".utf8))
                $0.textLines[1] = Base64.encode(raw)
            },
            file("prehashed", .algorithm, [15], "A signature as `minisign -S` makes it by default.") {
                $0 = SignatureFaults.prehashed(CommonDocuments.checksums, key)
            },
            file("bit", .signature, [1], "A bit of the signature is another.") {
                var raw = SignatureFaults.decoded($0)
                raw[30] ^= 1
                $0.textLines[1] = Base64.encode(raw)
            },
            file("comment", .signature, [1], "The trusted comment is another than was signed.") {
                $0.exchange("1795240800", "1795240801")
            },
            file("other-key", .signature, [11], "Another key's signature.") {
                $0 = MinisignSignature(signing: CommonDocuments.checksums, trustedComment: "", with: other).file(
                    untrustedComment: "x")
            },
        ]
    }

    private static var other: SigningKey {
        guard let key = try? TestKeys.key("stranger") else { preconditionFailure("a test key is a test key") }
        return key
    }
}
