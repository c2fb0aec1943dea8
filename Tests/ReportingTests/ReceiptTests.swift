// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Reporting
import Testing
import Trust

/// What a host says under its key: one spelling, and nothing believed that is not signed by the key that it names.
@Suite struct ReceiptTests {
    @Test func everyFieldComesBack() throws {
        let receipt = try Pad.full()
        let text = String(decoding: receipt.bytes, as: UTF8.self)
        let release = Digest.ofBytes([9])
        #expect(
            text == """
                bundle-receipt/1 7 \(receipt.host)
                before \(Digest.ofBytes([1]))
                voids 6
                log 41 \(Digest.ofBytes([2]))
                host web-1.example
                time 2026-11-21T21:15:37Z
                clock 123456 6b1b36cb-0000
                verb install
                outcome good
                release shop 1.4.0 amd64 \(release)
                root 3 \(Digest.ofBytes([3]))
                signer \(try Pad.key(1).publicKey.fingerprint)
                approval \(try Pad.key(2).publicKey.fingerprint)
                override bundles are signed: abc
                reason the signer is on leave
                note change 4711
                detail 2 of 2 health checks

                """)
        #expect(try Receipt(parsing: receipt.bytes) == receipt)
        for outcome in Receipt.Outcome.allCases {
            var other = try Pad.least()
            other.outcome = outcome
            #expect(try Receipt(parsing: other.bytes) == other)
        }
    }

    @Test func theLeastOfAReceiptIsEightLines() throws {
        let receipt = try Pad.least()
        #expect(receipt.bytes.filter { $0 == 10 }.count == 8)
        #expect(try Receipt(parsing: receipt.bytes) == receipt)
        var product = receipt
        product.subject = .product(try #require(ReleaseName("shop")))
        product.verb = "remove"
        #expect(try Receipt(parsing: product.bytes) == product)
    }

    /// One fault each: what stands in the full receipt, and what is put in its place.
    @Test(arguments: [
        ("bundle-receipt/1 7", "bundle-receipt/2 7"), ("bundle-receipt/1 7", "bundle-receipt/1 07"),
        ("bundle-receipt/1 7", "bundle-receipt/1 0"), ("bundle-receipt/1 7", "bundle-receipt/1 +7"),
        ("bundle-receipt/1 7", "bundle-receipt/1  7"), ("bundle-receipt/1 7", "bundle-receipt/1 1000000"),
        ("before ", "before A"), ("voids 6", "voids 5"), ("log 41", "log -1"), ("log 41", "log 041"),
        ("host web-1.example\n", ""), ("host web-1.example", "host "), ("host web-1", "host  web-1"),
        ("web-1.example", "web-1.example "), ("2026-11-21T", "2026-02-31T"), ("21:15:37Z", "21:15:37+00:00"),
        ("clock 123456", "clock 0x1"), ("clock 123456 6b1b36cb-0000", "clock 123456"), ("verb install", "verb Install"),
        ("verb install", "verb"), ("outcome good", "outcome well"), ("outcome good", "Outcome good"),
        ("release shop 1.4.0", "release Shop 1.4.0"), ("release shop 1.4.0", "release shop v1.4.0"),
        ("1.4.0 amd64", "1.4.0 i386"), ("root 3", "root 03"), ("signer ", "signer x"), ("\nreason", "\nreasons"),
        ("note change", "note \u{1B}change"), ("note change", "note \u{7F}change"), ("note change", "note \rchange"),
        ("note change 4711\n", "note change 4711\r\n"), ("note change 4711\n", "note change 4711\nnote two\n"),
        ("checks\n", "checks\nmore\n"), ("checks\n", "checks\n\n"), ("checks\n", "checks"), ("verb install\n", ""),
        ("note change 4711\ndetail 2 of 2 health checks\n", "detail 2 of 2 health checks\nnote change 4711\n"),
    ])
    func aSecondSpellingIsRefused(_ good: String, _ bad: String) throws {
        let text = String(decoding: try Pad.full().bytes, as: UTF8.self)
        let parts = text.split(separator: good, maxSplits: 1, omittingEmptySubsequences: false)
        try #require(parts.count == 2, "\(good)")
        #expect(throws: ReceiptFault.self) { try Receipt(parsing: Array((parts[0] + bad + parts[1]).utf8)) }
    }

    @Test func keysAreSortedAndCountedOnce() throws {
        var receipt = try Pad.least()
        let keys = try [3, 1, 2, 1].map { try Pad.key($0).publicKey.fingerprint }
        receipt.signers = keys
        let read = try Receipt(parsing: receipt.bytes)
        #expect(read.signers == Set(keys).sorted())
        let lines = String(decoding: receipt.bytes, as: UTF8.self).split(separator: "\n").map(String.init)
        let signers = lines.filter { $0.hasPrefix("signer") }
        let turned = lines.filter { !$0.hasPrefix("signer") } + signers.reversed()
        #expect(throws: ReceiptFault.notCanonical) {
            try Receipt(parsing: Array((turned.joined(separator: "\n") + "\n").utf8))
        }
    }

    @Test func whatPeopleTypedIsBroughtIntoForm() throws {
        var receipt = try Pad.full()
        receipt.note = "  \u{1B}[31mred\nverb audit  "
        receipt.detail = String(repeating: "ä", count: 4000)
        receipt.overrides = Array(
            repeating: AuditEntry.Override(rule: String(repeating: "r", count: 9000), reason: ""), count: 40)
        receipt.signers = try (1...20).map { try Pad.key($0).publicKey.fingerprint }
        receipt.approvals = receipt.signers
        receipt.hostName = ""
        let read = try Receipt(parsing: receipt.bytes)
        #expect(read.note == "?[31mred?verb audit")
        #expect(read.detail == String(repeating: "ä", count: 256))
        #expect(read.hostName == "-")
        #expect(read.verb == "install")
        #expect(receipt.bytes.count <= Receipt.limit)
    }

    @Test func anotherClockBricksNothing() throws {
        var receipt = try Pad.least()
        for (seconds, text) in [
            (0, "1970-01-01T00:00:00Z"), (-5, "1970-01-01T00:00:00Z"), (4_102_444_800, "2100-01-01T00:00:00Z"),
            (951_782_400, "2000-02-29T00:00:00Z"), (Int64.max, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)] {
            receipt.wallSeconds = seconds
            #expect(String(decoding: receipt.bytes, as: UTF8.self).contains("time \(text)\n"))
            #expect(try Receipt(parsing: receipt.bytes).verb == "audit")
        }
    }

    @Test func onlyTheKeyThatItNamesMayHaveSignedIt() throws {
        let receipt = try Pad.full()
        let own = try Pad.key(7)
        let hosts = Keyring(keys: [own.publicKey, try Pad.key(8).publicKey], threshold: 2)
        let good = try ProvenReceipt.judge(receipt.bytes, signature: Pad.signature(receipt.bytes, own), by: hosts)
        #expect(good.receipt == receipt && good.host == own.publicKey)
        #expect(good.saysGood(Digest.ofBytes([9])), "one host is enough, whatever the threshold of the role")
        #expect(!good.saysGood(Digest.ofBytes([8])))

        let other = try Pad.key(8)
        #expect(throws: ReceiptError.foreignKey(names: receipt.host, signedBy: [other.publicKey.fingerprint])) {
            try ProvenReceipt.judge(receipt.bytes, signature: Pad.signature(receipt.bytes, other), by: hosts)
        }
        let stranger = try Pad.key(9)
        #expect(throws: ReceiptError.self) {
            try ProvenReceipt.judge(receipt.bytes, signature: Pad.signature(receipt.bytes, stranger), by: hosts)
        }
        let revoking = Keyring(keys: [own.publicKey], revoked: [own.publicKey.fingerprint])
        #expect(throws: ReceiptError.self, "revoked wins") {
            try ProvenReceipt.judge(receipt.bytes, signature: Pad.signature(receipt.bytes, own), by: revoking)
        }
    }

    @Test func everyBitOfItIsSigned() throws {
        let bytes = try Pad.least().bytes
        let own = try Pad.key(7)
        let signature = try Pad.signature(bytes, own)
        let hosts = Keyring(keys: [own.publicKey])
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            #expect(throws: ReceiptError.self, "byte \(index)") {
                try ProvenReceipt.judge(changed, signature: signature, by: hosts)
            }
        }
    }

    @Test(arguments: [
        ("install", Receipt.Outcome.good, true), ("rollback", .good, true), ("reconfigure", .good, true),
        ("rehearse", .good, false), ("audit", .good, false), ("remove", .good, false), ("install", .rolledBack, false),
    ])
    func onlyWhatServedCountsForPromotion(verb: String, outcome: Receipt.Outcome, counts: Bool) throws {
        var receipt = try Pad.full()
        receipt.verb = verb
        receipt.outcome = outcome
        let own = try Pad.key(7)
        let proven = try ProvenReceipt.judge(
            receipt.bytes, signature: Pad.signature(receipt.bytes, own), by: Keyring(keys: [own.publicKey]))
        #expect(proven.saysGood(Digest.ofBytes([9])) == counts)
    }

    /// What served one after the other, as verb and release; whether the host vouches for release 9 then (trust §7.5).
    @Test(
        arguments: [
            ([("install", 9)], true), ([("install", 8)], false), ([("install", 9), ("install", 10)], true),
            ([("install", 9), ("rollback", 8)], false), ([("install", 9), ("rollback", 8), ("install", 9)], true),
            ([("install", 10), ("rollback", 9)], true), ([("install", 9), ("reconfigure", 9), ("rollback", 8)], false),
            ([("install", 9), ("install", 10), ("rollback", 8)], true), ([("install", 9), ("audit", 9)], true),
        ] as [([(String, UInt8)], Bool)])
    func whoWentBackVouchesForNothing(story: [(verb: String, release: UInt8)], vouches: Bool) throws {
        let own = try Pad.key(7)
        let receipts = try story.enumerated().map { index, step in
            var receipt = try Pad.full()
            receipt.number = index + 2
            receipt.voidsOneBefore = false
            receipt.verb = step.verb
            guard case .release(let identity, _) = receipt.subject else { throw ReceiptFault.notCanonical }
            receipt.subject = .release(identity, digest: Digest.ofBytes([step.release]))
            return try ProvenReceipt.judge(
                receipt.bytes, signature: Pad.signature(receipt.bytes, own), by: Keyring(keys: [own.publicKey]))
        }
        let release = Digest.ofBytes([9])
        #expect((ProvenReceipt.witness(of: release, among: receipts.reversed()) != nil) == vouches)
    }
}
