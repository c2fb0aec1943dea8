// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleSpecs
import Cryptography
import Testing
import Trust

/// What a site may demand of a release that its trust root would let in (trust §7).
@Suite struct PolicyTests {
    static let now = "2026-06-01T00:00:00Z"

    /// 31 and 32 approve, 41 and 42 are hosts.
    private func root(bestBefore: String? = nil, revoked: [UInt8] = []) throws -> TrustRoot {
        var root = try RootSamples.first()
        for (role, numbers) in [(Role.approve, [31, 32] as [UInt8]), (.host, [41, 42])] {
            for number in numbers {
                let key = try Samples.key(number).publicKey
                root.keys[key.fingerprint.hex] = TrustRoot.Key(key: key.base64)
            }
            root.roles[role.rawValue] = TrustRoot.Rule(keys: try RootSamples.fingerprints(numbers), threshold: 1)
        }
        root.bestBefore = bestBefore
        root.revoked = try RootSamples.fingerprints(revoked)
        return try TrustRoot.decode(root.encode())
    }

    private func approval(
        _ number: UInt8, of digest: Digest = Samples.digest, release: ReleaseIdentity? = nil
    ) throws -> PolicyCase.ApprovalFile {
        let line = Approval.document(try release ?? Samples.release(), digest: digest)
        let signed = try DocumentSigning.sign(line, as: .approval, comment: "approval", with: Samples.key(number))
        return PolicyCase.ApprovalFile(name: "by-\(number)", signature: try MinisignSignature(file: signed))
    }

    private func offered(
        approvals: [PolicyCase.ApprovalFile] = [], witnesses: [UInt8] = [], now: String = now, believable: Bool = true
    ) throws -> PolicyCase {
        PolicyCase(
            release: try Samples.release(), digest: Samples.digest,
            signers: [try Samples.key(11).publicKey.fingerprint], approvals: approvals,
            witnesses: Set(try witnesses.map { try Samples.key($0).publicKey.fingerprint }), now: now,
            clockIsBelievable: believable)
    }

    private func policy(_ change: (inout HostPolicy) -> Void) -> HostPolicy {
        var policy = HostPolicy()
        change(&policy)
        return policy
    }

    private func key(_ number: UInt8) throws -> KeyFingerprint { try Samples.key(number).publicKey.fingerprint }

    @Test func withoutAPolicyTheTrustRootDecides() throws {
        let verdict = try HostPolicy().judge(offered(), by: root())
        #expect(verdict == PolicyVerdict())
    }

    @Test func approvalsCountByKeyAndRelease() throws {
        let two = policy { $0.approvals = 2 }
        let both = try two.judge(offered(approvals: [approval(31), approval(32)]), by: root())
        #expect(both.refusals.isEmpty && both.approvers.count == 2)
        let twice = try two.judge(offered(approvals: [approval(31), approval(31), approval(11)]), by: root())
        #expect(twice.refusals == [.approvals(needed: 2, found: [try key(31)], unknown: ["by-11"])])
        // The role is what counts: a release key is no approver.
        let one = policy { $0.approvals = 1 }
        #expect(try one.judge(offered(approvals: [approval(11)]), by: root()).refusals.count == 1)
        #expect(try one.judge(offered(), by: nil).refusals.count == 1)
    }

    @Test func anApprovalOfAnotherReleaseIsNamed() throws {
        let one = policy { $0.approvals = 1 }
        let other = Digest.ofBytes([9])
        #expect(
            try one.judge(offered(approvals: [approval(31, of: other)]), by: root()).refusals
                == [.badApproval(key(31))])
        let older = try Samples.release(Version(major: 1, minor: 3, patch: 0))
        #expect(
            try one.judge(offered(approvals: [approval(31, release: older)]), by: root()).refusals
                == [.badApproval(key(31))])
    }

    @Test func aRevokedApproverCountsForNothing() throws {
        let one = policy { $0.approvals = 1 }
        let verdict = try one.judge(offered(approvals: [approval(31)]), by: root(revoked: [31]))
        #expect(verdict.refusals.map(\.rule) == [.approvals] && verdict.approvers.isEmpty)
    }

    @Test func theRootsThresholdHoldsAllTheSame() throws {
        var strict = try root()
        strict.roles["approve"]?.threshold = 2
        let verdict = try policy { $0.approvals = 1 }.judge(offered(approvals: [approval(31)]), by: strict)
        #expect(verdict.refusals == [.approvals(needed: 2, found: [try key(31)], unknown: [])])
    }

    @Test func receiptsAreOfHostsThatAreBelieved() throws {
        let any = policy { $0.receipts = HostPolicy.Receipts() }
        #expect(try any.judge(offered(witnesses: [41]), by: root()).witnesses == [key(41)])
        #expect(try any.judge(offered(witnesses: [66]), by: root()).refusals == [.receipts(needed: 1, found: [])])
        let from = try RootSamples.fingerprints([42])
        let named = policy { $0.receipts = HostPolicy.Receipts(from: from) }
        #expect(try named.judge(offered(witnesses: [41]), by: root()).refusals.count == 1)
        #expect(try named.judge(offered(witnesses: [41, 42]), by: root()).refusals.isEmpty)
    }

    @Test func timeWarnsAndRefusesOnlyWhereTheSiteSaysSo() throws {
        let late = try root(bestBefore: "2026-01-01T00:00:00Z")
        let fault = PolicyFault.pastBestBefore(date: "2026-01-01T00:00:00Z", now: Self.now)
        #expect(try HostPolicy().judge(offered(), by: late).warnings == [fault])
        #expect(try policy { $0.bestBefore = .refuse }.judge(offered(), by: late).refusals == [fault])
        let clock = PolicyFault.clock(now: "1970-01-01T00:00:10Z")
        let then = try offered(now: "1970-01-01T00:00:10Z", believable: false)
        #expect(HostPolicy().judge(then, by: late).warnings == [clock], "1970 is before every date, and said so")
        #expect(policy { $0.clock = .refuse }.judge(then, by: late).refusals == [clock])
        #expect(try HostPolicy().judge(offered(now: "2100-01-01T00:00:00Z"), by: late).refusals.isEmpty)
    }

    @Test func anOverrideIsOfOneRuleAndStaysVisible() throws {
        let strict = policy {
            $0.products = ["pond"]
            $0.signatures = 2
            $0.approvals = 1
        }
        let all: [PolicyRule] = [.product, .signatures, .approvals]
        #expect(try strict.judge(offered(), by: root()).refusals.map(\.rule) == all)
        let verdict = try strict.judge(offered(), by: root(), overriding: [.signatures])
        #expect(verdict.refusals.map(\.rule) == [.product, .approvals])
        #expect(verdict.overridden == [.signatures(needed: 2, found: [try key(11)])])
    }
}
