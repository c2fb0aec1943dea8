// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing
import Trust

@Suite struct RootDraftTests {
    private func addition(_ role: Role, _ number: UInt8) throws -> RootDraft.Addition {
        RootDraft.Addition(role: role, key: try Samples.key(number).publicKey, name: "holder \(number)")
    }

    private func draft(_ change: (inout RootDraft) throws -> Void) throws -> RootDraft {
        var draft = RootDraft()
        try change(&draft)
        return draft
    }

    private func keys(_ root: TrustRoot, _ role: Role) -> [String]? { root.roles[role.rawValue]?.keys }

    @Test func theFirstRootNeedsMoreThanHalfOfItsHolders() throws {
        let root = try draft {
            $0.additions = try [1, 2, 3].map { try addition(.root, $0) } + [try addition(.release, 11)]
        }.root(after: nil)
        #expect(root.number == 1 && root.roles["root"]?.threshold == 2 && root.roles["release"]?.threshold == 1)
        #expect(root.keys[try Samples.key(2).publicKey.fingerprint.hex]?.name == "holder 2")
    }

    @Test func theNextSaysWhatTheLastSaidButForTheChange() throws {
        let first = try RootSamples.first()
        let second = try draft {
            $0.revoked = [try Samples.key(11).publicKey.fingerprint]
            $0.additions = [try addition(.release, 13), try addition(.host, 41)]
            $0.minimumVersions = ["shop": "1.4.0"]
            $0.bestBefore = "2030-01-01T00:00:00Z"
        }.root(after: first)
        #expect(second.number == 2 && second.roles["root"] == first.roles["root"])
        #expect(keys(second, .release) == (try RootSamples.fingerprints([12, 13])))
        #expect(keys(second, .host) == (try RootSamples.fingerprints([41])))
        #expect(second.revoked == (try RootSamples.fingerprints([11])))
        let third = try draft { $0.bestBefore = "" }.root(after: second)
        #expect(third.bestBefore == nil && third.minimumVersions == ["shop": "1.4.0"])
    }

    /// The way from one key to many: whoever comes for a role takes it over (trust §4.3).
    @Test func aKeyThatWasAloneKeepsOneRole() throws {
        let alone = try TrustRoot(adopting: Samples.key(1).publicKey)
        let second = try draft { $0.additions = [try addition(.release, 11)] }.root(after: alone)
        #expect(keys(second, .root) == (try RootSamples.fingerprints([1])))
        #expect(keys(second, .release) == (try RootSamples.fingerprints([11])))
        let replaced = try draft { $0.additions = [try addition(.root, 2), try addition(.release, 11)] }
            .root(after: alone)
        #expect(try replaced.keys.count == 2 && keys(replaced, .root) == (try RootSamples.fingerprints([2])))
        // For an approver alone there is no telling which role the first key is to keep.
        #expect(throws: TrustError.self) {
            try draft { $0.additions = [try addition(.approve, 31)] }.root(after: alone)
        }
    }

    @Test func whatWouldLockHostsOutIsNotDrafted() throws {
        let first = try RootSamples.first()
        let two = Set(try [1, 2].map { try Samples.key($0).publicKey.fingerprint })
        #expect(throws: TrustError.badTrustRoot(.badThreshold(.root, threshold: 2, keys: 1))) {
            try draft { $0.revoked = two }.root(after: first)
        }
        #expect(throws: TrustError.badTrustRoot(.badThreshold(.approve, threshold: 1, keys: 0))) {
            try draft { $0.thresholds = [.approve: 1] }.root(after: first)
        }
        for date in ["2027-02-31T00:00:00Z", "2027-01-01T99:99:00Z", "2027-13-01T00:00:00Z"] {
            #expect(throws: TrustError.badTrustRoot(.badDate(date))) {
                try draft { $0.bestBefore = date }.root(after: first)
            }
        }
        #expect(throws: TrustError.badTrustRoot(.missingRole(.release))) {
            try draft { $0.dropped = Set(try [11, 12].map { try Samples.key($0).publicKey.fingerprint }) }
                .root(after: first)
        }
    }
}
