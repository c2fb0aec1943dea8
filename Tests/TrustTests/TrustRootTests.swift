// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import Testing
import Trust

@Suite struct TrustRootTests {
    func two() throws -> TrustRoot {
        var root = TrustRoot(adopting: try Samples.key(1).publicKey)
        let second = try Samples.key(2).publicKey
        root.keys[second.fingerprint.hex] = TrustRoot.Key(key: second.base64, name: "build machine")
        root.roles["release"] = TrustRoot.Rule(keys: [second.fingerprint.hex], threshold: 1)
        return root
    }

    @Test func singleKeyRootBelievesItsKey() throws {
        let key = try Samples.key(1).publicKey
        let root = try TrustRoot.decode(TrustRoot(adopting: key).encode())
        #expect(root.number == 1)
        #expect(root.keyring(for: .release) == (try Samples.keyring(1)))
        #expect(root.keyring(for: .root) == (try Samples.keyring(1)))
        #expect(root.keyring(for: .approve).keys.isEmpty)
    }

    @Test func carriesThresholdsAndRevocations() throws {
        var root = try two()
        let third = try Samples.key(3).publicKey
        root.keys[third.fingerprint.hex] = TrustRoot.Key(key: third.base64, name: nil)
        let hexes = [try Samples.key(2).publicKey.fingerprint.hex, third.fingerprint.hex].sorted()
        root.roles["release"] = TrustRoot.Rule(keys: hexes, threshold: 2)
        #expect(try TrustRoot.decode(root.encode()).keyring(for: .release).threshold == 2)
        root.revoked = [third.fingerprint.hex]
        // A threshold that the keys left cannot meet.
        #expect(throws: TrustError.badTrustRoot(.badThreshold(.release, threshold: 2, keys: 1))) { try root.encode() }
        root.roles["release"]?.threshold = 1
        let keyring = try TrustRoot.decode(root.encode()).keyring(for: .release)
        #expect(keyring.keys.count == 1 && keyring.revoked == [third.fingerprint])
    }

    static let faults: [(@Sendable (inout TrustRoot) throws -> Void)] = [
        { $0.format = "bundle-trust/2" }, { $0.number = 0 }, { $0.roles["release"] = nil }, { $0.roles["root"] = nil },
        { $0.roles["boss"] = $0.roles["root"] }, { $0.roles["approve"] = $0.roles["root"] },
        { $0.roles["release"]?.keys = [] }, { $0.roles["release"]?.threshold = 0 },
        { root in
            let keys = root.roles["release"]?.keys ?? []
            root.roles["release"]?.keys = keys + keys
        },
        { $0.roles["approve"] = TrustRoot.Rule(keys: [], threshold: 0) },
        { $0.roles["release"]?.keys = [String(repeating: "0", count: 32)] },
        { $0.keys[String(repeating: "0", count: 32)] = $0.keys.values.first },
        { $0.keys["x"] = TrustRoot.Key(key: "RWQ", name: nil) }, { $0.revoked = ["x"] },
        { $0.revoked = [String(repeating: "1", count: 32), String(repeating: "0", count: 32)] },
        { $0.minimumVersions = ["shop": "v1.0.0"] }, { $0.minimumVersions = ["Shop": "1.0.0"] },
        { $0.bestBefore = "soon" },
        { root in for key in root.keys.keys { root.keys[key]?.name = "two\nlines" } },
    ]

    @Test(arguments: faults.indices) func refusesWhatCannotBe(index: Int) throws {
        var root = try two()
        #expect(throws: Never.self) { try root.encode() }
        try TrustRootTests.faults[index](&root)
        #expect(throws: TrustError.self) { try root.encode() }
        let bytes = try CanonicalDocument.encode(root)
        #expect(throws: TrustError.self) { try TrustRoot.decode(bytes) }
    }

    @Test func refusesOtherSpellings() throws {
        let bytes = try two().encode()
        #expect(throws: TrustError.self) { try TrustRoot.decode(bytes + [10]) }
        let text = String(decoding: bytes, as: UTF8.self)
        for (part, other) in [
            ("\"number\": 1", "\"number\": 1.0"), ("\"revoked\"", "\"revokd\""), (" \"number\"", "\"number\""),
        ] {
            #expect(throws: TrustError.self) { try TrustRoot.decode(Array(text.replacing(part, with: other).utf8)) }
        }
    }

    @Test func answersForVersionsAndTime() throws {
        var root = try two()
        root.minimumVersions = ["shop": "1.4.0"]
        root.bestBefore = "2027-01-01T00:00:00Z"
        try root.allow(Samples.release())
        try root.allow(Samples.release(Version(major: 2, minor: 0, patch: 0)))
        let old = try Samples.release(Version(major: 1, minor: 3, patch: 9))
        #expect(
            throws: TrustError.belowMinimumVersion(old, minimum: Version(major: 1, minor: 4, patch: 0))
        ) { try root.allow(old) }
        #expect(!root.isPastBestBefore(now: "1970-01-01T00:00:00Z"))
        #expect(root.isPastBestBefore(now: "2100-01-01T00:00:00Z"))
    }
}
