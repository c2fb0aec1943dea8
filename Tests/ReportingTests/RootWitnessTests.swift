// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Testing

@testable import Reporting

/// A trust root that goes backwards lets revoked keys count again.
@Suite struct RootWitnessTests {
    private func mark(_ number: Int, _ text: String = "") -> Receipt.RootMark {
        Receipt.RootMark(number: number, sha256: Digest.ofBytes(Array("\(number)\(text)".utf8)))
    }

    private func entry(_ verb: String, _ root: Receipt.RootMark?, replacing: Bool = false) -> AuditEntry {
        var subject = AuditEntry.Subject(verb: verb)
        subject.root = root
        if replacing { subject.overrides = [AuditEntry.Override(rule: "x", reason: "y")] }
        return AuditEntry(
            subject: subject, outcome: .done, process: 7, facts: HostFacts(bootID: "b"), clock: StandingClock())
    }

    private func finding(_ entries: [AuditEntry], _ believed: [Receipt.RootMark]) -> AuditFinding? {
        RootWitness(entries: entries, receipts: []).finding(believed, at: "/etc/bundle/trust")
    }

    @Test func aRootThatWentBackIsNamed() throws {
        let entries = [entry("install", mark(3)), entry("install", mark(4)), entry("audit", mark(3))]
        #expect(finding(entries, [mark(3), mark(4)]) == nil)
        let back = try #require(finding(entries, [mark(3)]))
        #expect(back.code == "trust-changed")
        #expect(back.weight == .damage)
        #expect(back.expected?.contains("trust root 4") == true)
        #expect(back.found?.contains("trust root 3") == true)
    }

    @Test func noRootAtAllAndAnotherOfThatNumberAreNamed() {
        #expect(finding([entry("install", mark(4))], [])?.code == "trust-missing")
        #expect(finding([entry("install", mark(4))], [mark(4, "other")])?.code == "trust-changed")
        #expect(finding([entry("install", nil)], []) == nil)
        #expect(finding([], [mark(1)]) == nil)
    }

    @Test func aChainThatAPersonReplacedIsNotAskedFor() {
        let entries = [entry("install", mark(4)), entry("trust adopt", mark(1, "new"), replacing: true)]
        #expect(finding(entries, [mark(1, "new")]) == nil)
        #expect(finding([entry("install", mark(3)), entry("trust adopt", mark(4))], [mark(4)]) == nil, "a later one")
        let quietly = [entry("install", mark(4)), entry("trust adopt", mark(3))]
        #expect(finding(quietly, [mark(3)])?.code == "trust-changed")
    }
}
