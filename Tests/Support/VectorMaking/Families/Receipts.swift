// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Trust

/// Receipts with the signature of the host beside them (trust §9).
enum Receipts {
    static func vectors() throws -> [Vector] { try spelled() + signed() }

    private static func text() throws -> [UInt8] {
        let lines = [
            "bundle-receipt/1 7 \(try TestKeys.fingerprint("host-a"))", "before \(Digest.ofBytes([6]).hex)",
            "log 12 \(Digest.ofBytes([12]).hex)", "host host-a.example", "time 2026-11-21T22:00:00Z",
            "clock 81234 7d1f3c1e-5a0b-4f6e-9c59-0f3b8f0f6d11", "verb install", "outcome good",
            "release demo 1.2.3 amd64 \(Digest.ofBytes([1]).hex)", "root 1 \(Digest.ofBytes([2]).hex)",
            "signer \(try TestKeys.fingerprint("release-a"))",
        ]
        return Array(lines.map { $0 + "\n" }.joined().utf8)
    }

    private static func receipt(
        _ name: String, _ expected: RefusalClass, _ rows: [Int], _ about: String, by signer: String = "host-a",
        believed: [String] = ["host-a"], revoked: [String] = [], over: [UInt8]? = nil,
        _ change: (inout [UInt8]) -> Void = { _ in }
    ) throws -> Vector {
        var bytes = try text()
        change(&bytes)
        var vector = Vector("receipt-" + name, .receipt, expected, rows: rows, about, bytes)
        vector.beside = [
            MinisignSignature(signing: over ?? bytes, trustedComment: "receipt 7", with: try TestKeys.key(signer))
                .file(untrustedComment: "receipt 7")
        ]
        vector.believed = believed
        vector.revoked = revoked
        return vector
    }

    private static func spelled() throws -> [Vector] {
        func line(_ name: String, _ rows: [Int], _ about: String, _ change: (inout [UInt8]) -> Void) throws -> Vector {
            try receipt(name, .line, rows, about, change)
        }
        return [
            try receipt("good", .good, [], "A receipt by the host that it names."),
            try line("no-lf", [3], "The last line is not ended.") { $0.removeLast() },
            try line("cut", [3], "A line that every receipt has is missing.") { $0.textLines.remove(at: 7) },
            try line("more", [4], "A line behind the last that a receipt can have.") { $0 += Array("more\n".utf8) },
            try line("order", [18], "Two lines have changed places.") { $0.textLines.swapAt(5, 6) },
            try line("twice", [28], "A line is there twice.") { $0.textLines.insert($0.textLines[6], at: 6) },
            try line("number-zero", [10], "The number is 0.") { $0.exchange("/1 7 ", "/1 0 ") },
            try line("leading-zero", [18], "The number has a leading zero.") { $0.exchange("/1 7 ", "/1 07 ") },
            try line("number-2-63", [10, 16], "The number is 2^63 - 1: none could follow.") {
                $0.exchange("/1 7 ", "/1 9223372036854775807 ")
            },
            try line("time", [13], "The 31st of a month of 30 days.") { $0.exchange("11-21T", "11-31T") },
            try line("outcome", [18], "An outcome that is not known.") { $0.exchange("outcome good", "outcome fine") },
            try line("escape", [29], "A terminal's escape sequence in the host's name.") {
                $0.exchange("host-a.example", "a\u{1b}[2J")
            },
            try line("not-utf8", [29], "A text that is not UTF-8.") {
                $0.exchange(Array("host-a.example".utf8), [0xff])
            },
            try line("cr", [18], "A line that ends in CR LF.") { $0.textLines[6].append(13) },
            try receipt("long", .limit, [17], "A receipt of more than 16 KiB.") {
                $0 += Array(("note " + String(repeating: "x", count: 17000) + "\n").utf8)
            },
        ]
    }

    private static func signed() throws -> [Vector] {
        let approval = Array("bundle-approval/1 demo 1.2.3 amd64 \(Digest.ofBytes([1]).hex)\n".utf8)
        return [
            try receipt("changed", .signature, [1], "The signature is over another outcome.", over: try text()) {
                $0.exchange("outcome good", "outcome rolled-back")
            },
            try receipt("stranger", .untrusted, [11], "Signed by a key that is nobody's host.", by: "stranger"),
            try receipt(
                "other-host", .identity, [5, 11], "Signed by a believed host that is not the one it names.",
                by: "approve-a", believed: ["host-a", "approve-a"]),
            try receipt("revoked", .untrusted, [12], "Signed by a host's key that is revoked.", revoked: ["host-a"]),
            try receipt("is-approval", .kind, [15], "An approval, truly signed, in the place of a receipt.") {
                $0 = approval
            },
            try receipt("version", .kind, [15], "A form of receipt that is not known.") {
                $0.exchange("bundle-receipt/1", "bundle-receipt/2")
            },
        ]
    }
}
