// SPDX-License-Identifier: Apache-2.0
import BundleSpecs
import Foundation
import Testing
import YAMLDocuments

@Suite struct HostPolicyTests {
    private func decode(_ text: String) throws -> HostPolicy {
        try HostPolicy.decode(try YAMLDocument.parse(Array(text.utf8), file: "policy.yaml"))
    }

    @Test func saysNothingWhereNothingIsWritten() throws {
        #expect(try decode("# nothing yet\n") == HostPolicy())
    }

    @Test func readsEveryRule() throws {
        let key = String(repeating: "0a", count: 16)
        let policy = try decode(
            """
            products: [shop]
            signatures: 2
            approvals: 2
            receipts: { hosts: 1, from: ["\(key)"] }
            bestBefore: refuse
            clock: refuse
            downgrade: never
            """)
        #expect(policy.products == ["shop"] && policy.signatures == 2 && policy.approvals == 2)
        #expect(policy.receipts?.from == [key] && policy.receipts?.hosts == 1)
        #expect(policy.bestBefore == .refuse && policy.clock == .refuse && policy.downgrade == .never)
    }

    /// A policy that says more than is understood would let in what its author wanted kept out.
    @Test(arguments: [
        "approval: 2", "approvals: two", "approvals: 17", "signatures: 0", "bestBefore: never", "downgrade: allow",
        "receipts: [x]", "receipts: { from: [abc] }", "receipts: { hosts: 0 }", "products: [Shop]", "products: shop",
        "[1]",
    ]) func refusesWhatItDoesNotUnderstand(text: String) {
        #expect(throws: SpecProblems.self) { try decode(text) }
    }

    /// Nobody has to guess: the example has every key, and says what it is for.
    @Test func theAnnotatedExampleHasEveryKey() throws {
        let path = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .appendingPathComponent("../../bundle-spec/policy.yaml")
        let text = String(decoding: try Data(contentsOf: path), as: UTF8.self)
        let policy = try decode(text)
        #expect(policy.receipts?.from?.count == 1 && policy.approvals == 1)
        let lines = text.split(separator: "\n")
        for key in SpecTable.policy.keys { #expect(lines.contains { $0.hasPrefix("\(key.name):") }, "\(key.name)") }
        for key in SpecTable.policyReceipts.keys {
            #expect(lines.contains { $0.hasPrefix("  \(key.name):") }, "\(key.name)")
        }
    }
}
