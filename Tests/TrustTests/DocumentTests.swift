// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing
import Trust

@Suite struct DocumentTests {
    static let receipt = Array(("bundle-receipt/1 " + String(repeating: "x", count: 60) + "\n").utf8)

    func signature(_ number: UInt8, of document: [UInt8] = receipt) throws -> MinisignSignature {
        try MinisignSignature(
            file: DocumentSigning.sign(document, as: .receipt, comment: "receipt 1", with: Samples.key(number)))
    }

    @Test func countsDistinctKeysAndNotFiles() throws {
        let keyring = try Samples.keyring(1, 2, threshold: 2)
        let both = [try signature(1), try signature(2)]
        let verdict = try keyring.judge(document: Self.receipt, kind: .receipt, signatures: both)
        #expect(verdict.established.count == 2 && verdict.document == Self.receipt)
        let one = try Samples.key(1).publicKey.fingerprint
        #expect(
            throws: TrustError.documentThresholdNotMet(
                .receipt, needed: 2, established: [one], unknown: [try Samples.key(3).id])
        ) {
            try keyring.judge(
                document: Self.receipt, kind: .receipt, signatures: [signature(1), signature(1), signature(3)])
        }
    }

    @Test func aSignatureByABelievedKeyOverOtherBytesRefuses() throws {
        let keyring = try Samples.keyring(1, 2)
        var changed = Self.receipt
        changed[40] ^= 1
        let one = try Samples.key(1).publicKey.fingerprint
        #expect(throws: TrustError.badDocumentSignature(.receipt, one)) {
            try keyring.judge(document: changed, kind: .receipt, signatures: [signature(1), signature(2, of: changed)])
        }
    }

    @Test func aRevokedKeyCountsForNothing() throws {
        let keyring = try Samples.keyring(1, revoked: [1])
        #expect(throws: TrustError.self) {
            try keyring.judge(document: Self.receipt, kind: .receipt, signatures: [signature(1)])
        }
    }

    /// trust §3.2: one key, one signature, and no second kind of document that it holds for.
    @Test func noDocumentIsOfTwoKinds() throws {
        let root = try TrustRoot(adopting: Samples.key(1).publicKey).encode()
        let tail = String(repeating: "x", count: 80) + "\n"
        let documents: [(DocumentKind, [UInt8])] = [
            (.checksumList, Samples.list), (.trustRoot, root), (.approval, Array(("bundle-approval/1 " + tail).utf8)),
            (.receipt, Self.receipt), (.inventory, Array(("bundle-inventory/1 " + tail).utf8)),
        ]
        for (kind, bytes) in documents {
            #expect(DocumentKind.allCases.filter { $0.matches(bytes) } == [kind])
            #expect(!kind.matches(Array(bytes.prefix(64))), "a digest of BLAKE2b has 64 bytes")
        }
        #expect(documents.count == DocumentKind.allCases.count)
        #expect(throws: TrustError.wrongDocumentKind(.approval)) {
            try DocumentSigning.sign(Self.receipt, as: .approval, comment: "", with: Samples.key(1))
        }
        #expect(throws: TrustError.wrongDocumentKind(.trustRoot)) {
            try Samples.keyring(1).judge(document: Self.receipt, kind: .trustRoot, signatures: [signature(1)])
        }
    }
}
