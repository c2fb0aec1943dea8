// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Testing
import Trust

/// What happens to keys in the years of a site, each as it would be told (trust §4.7).
@Suite struct TrustChainTests {
    private func key(_ number: UInt8) throws -> KeyFingerprint { try Samples.key(number).publicKey.fingerprint }

    private func newest(_ links: [TrustLink], from host: TrustChain? = nil) throws -> TrustRoot {
        try (host ?? RootSamples.host()).following(links).chain.newest.root
    }

    @Test("The release keys are replaced: the next bundle brings root 2, and the old key signs in vain") func rotation()
        throws
    {
        let second = try RootSamples.root(2, roots: [1, 2, 3], needing: 2, releases: [13])
        let links = [
            try RootSamples.link(RootSamples.first(), signedBy: 1, 2), try RootSamples.link(second, signedBy: 2, 3),
        ]
        let (chain, relation) = try RootSamples.host().following(links)
        #expect(relation == .advanced([chain.newest]) && chain.newest.root == second)
        #expect(chain.roots.map(\.root.number) == [1, 2])
        let keyring = chain.newest.root.keyring(for: .release)
        let judge = { (signer: UInt8) in
            try keyring.judge(
                signed: Samples.list, signatures: [Samples.signature(signer)], release: Samples.release())
        }
        #expect(try judge(13).established.map(\.fingerprint) == [try key(13)])
        #expect(throws: TrustError.self) { try judge(11) }
    }

    @Test("A release key is stolen: root 2 revokes it, and what it ever signed is refused") func stolenReleaseKey()
        throws
    {
        let second = try RootSamples.root(2, roots: [1, 2, 3], needing: 2, releases: [12], revoked: [11])
        let keyring = try newest([RootSamples.link(second, signedBy: 1, 3)]).keyring(for: .release)
        let name = try key(11)
        #expect(
            throws: TrustError.noTrustedSignature(
                unknown: [], revoked: [ForeignSignature(name: name, keyID: try Samples.key(11).id)])
        ) {
            try keyring.judge(signed: Samples.list, signatures: [Samples.signature(11)], release: Samples.release())
        }
    }

    @Test("One of three root keys is lost: the two others replace it") func lostRootKey() throws {
        let second = try RootSamples.root(2, roots: [1, 2, 4], needing: 2, releases: [11])
        #expect(try newest([RootSamples.link(second, signedBy: 1, 2)]).number == 2)
        // The new holder helps, and cannot do it with one of the old alone.
        #expect(
            throws: TrustError.rootThresholdNotMet(root: 2, by: 1, needed: 2, established: [try key(1)])
        ) { try newest([RootSamples.link(second, signedBy: 1, 4)]) }
    }

    @Test("One of three root keys is stolen: the thief alone changes nothing, the others revoke it")
    func stolenRootKey()
        throws
    {
        let thiefs = try RootSamples.root(2, roots: [3], releases: [66])
        #expect(
            throws: TrustError.rootThresholdNotMet(root: 2, by: 1, needed: 2, established: [try key(3)])
        ) { try newest([RootSamples.link(thiefs, signedBy: 3)]) }
        let second = try RootSamples.root(2, roots: [1, 2, 4], needing: 2, releases: [11], revoked: [3])
        let chain = try RootSamples.host().following([RootSamples.link(second, signedBy: 1, 2, 4)]).chain
        // Revoked wins: among the signers of root 3 the stolen key counts for nothing.
        let third = try RootSamples.root(3, roots: [1, 2, 5], needing: 2, releases: [11], revoked: [3])
        #expect(throws: TrustError.rootThresholdNotMet(root: 3, by: 2, needed: 2, established: [try key(1)])) {
            try newest([RootSamples.link(third, signedBy: 1, 3)], from: chain)
        }
    }

    @Test("The holders of the new keys must have signed, too: nobody hands a host over to keys that nobody has")
    func newThreshold() throws {
        let second = try RootSamples.root(2, roots: [4, 5], needing: 2, releases: [11])
        #expect(throws: TrustError.rootThresholdNotMet(root: 2, by: 2, needed: 2, established: [try key(4)])) {
            try newest([RootSamples.link(second, signedBy: 1, 2, 4)])
        }
        #expect(try newest([RootSamples.link(second, signedBy: 1, 2, 4, 5)]).number == 2)
    }

    @Test("A host that was not visited for years goes through every root; a gap is refused") func skippedRoot() throws {
        let first = try RootSamples.link(RootSamples.first(), signedBy: 1, 2)
        let second = try RootSamples.link(RootSamples.root(2, roots: [4], releases: [11]), signedBy: 1, 2, 4)
        let third = try RootSamples.link(RootSamples.root(3, roots: [5], releases: [12]), signedBy: 4, 5)
        #expect(try newest([third, first, second]).number == 3)
        #expect(throws: TrustError.skippedRoot(have: 1, found: 3)) { try newest([first, third]) }
        // Without a root of ours in it, it is nobody's chain that we know: it counts for nothing, and takes nothing.
        let alone = try RootSamples.host().following([third])
        #expect(try alone.relation == .foreign([3]) && alone.chain == RootSamples.host())
    }

    @Test("Fast-forward: a root that calls itself 999999999 leads nowhere, even with the right signatures")
    func fastForward() throws {
        let first = try RootSamples.link(RootSamples.first(), signedBy: 1, 2)
        let far = try RootSamples.root(999_999_999, roots: [1], releases: [11])
        #expect(throws: TrustError.skippedRoot(have: 1, found: 999_999_999)) {
            try newest([first, RootSamples.link(far, signedBy: 1, 2)])
        }
        // Nor under the name of the next one.
        #expect(throws: TrustError.wrongRootNumber(name: 2, stated: 999_999_999)) {
            try newest([RootSamples.link(2, far.encode(), signedBy: [1, 2])])
        }
    }

    @Test("Mix and match: signatures of one root hold for no other; a second root 1 is seen") func mixAndMatch() throws
    {
        let first = try RootSamples.link(RootSamples.first(), signedBy: 1, 2)
        let second = try RootSamples.link(
            RootSamples.root(2, roots: [1, 2, 3], needing: 2, releases: [11]), signedBy: 1, 2)
        let thiefs = try RootSamples.root(2, roots: [1, 2, 3], needing: 2, releases: [66]).encode()
        #expect(throws: TrustError.badDocumentSignature(.trustRoot, try key(1))) {
            try newest([first, TrustLink(number: 2, bytes: thiefs, signatures: second.signatures)])
        }
        let other = try RootSamples.link(
            RootSamples.root(1, roots: [1, 2, 3], needing: 2, releases: [66]), signedBy: 1, 2)
        #expect(throws: TrustError.forkedRoot(1)) { try newest([other, second]) }
        #expect(throws: TrustError.duplicateRoot(2)) { try newest([second, second]) }
    }

    @Test("A signature counts once, under however many names") func duplicatedSignature() throws {
        let second = try RootSamples.link(
            RootSamples.root(2, roots: [1, 2, 3], needing: 2, releases: [11]), signedBy: 1)
        let copy = NamedSignature(name: try key(2), bytes: second.signatures[0].bytes)
        #expect(throws: TrustError.badDocumentSignature(.trustRoot, try key(2))) {
            try newest([TrustLink(number: 2, bytes: second.bytes, signatures: second.signatures + [copy])])
        }
        #expect(throws: TrustError.rootThresholdNotMet(root: 2, by: 1, needed: 2, established: [try key(1)])) {
            try newest([
                TrustLink(number: 2, bytes: second.bytes, signatures: second.signatures + second.signatures)
            ])
        }
    }

    @Test("Two keys with one key id are two keys; a stranger's with our id counts for nothing") func keyIDCollision()
        throws
    {
        let stranger = SigningKey(id: try Samples.key(1).id, key: try Samples.key(66).key)
        let second = try RootSamples.root(2, roots: [1, 2, 3], needing: 2, releases: [11])
        let link = try RootSamples.link(second, signedBy: 2)
        let bytes = try DocumentSigning.sign(link.bytes, as: .trustRoot, comment: "", with: stranger)
        for name in [stranger.publicKey.fingerprint, try key(1)] {
            #expect(throws: TrustError.self) {
                try newest([
                    TrustLink(
                        number: 2, bytes: link.bytes,
                        signatures: link.signatures + [NamedSignature(name: name, bytes: bytes)])
                ])
            }
        }
    }

    @Test("Relabelled algorithm: an ED signature called Ed, over the digest, is no signature of a root")
    func relabelledAlgorithm() throws {
        let second = try RootSamples.root(2, roots: [1, 2, 3], needing: 2, releases: [11])
        let link = try RootSamples.link(second, signedBy: 1, 2)
        let digest = [UInt8](repeating: UInt8(ascii: "{"), count: 64)
        #expect(throws: TrustError.wrongDocumentKind(.trustRoot)) {
            try newest([TrustLink(number: 2, bytes: digest, signatures: link.signatures)])
        }
    }

    @Test("A revocation is never taken back") func revocationTakenBack() throws {
        let second = try RootSamples.root(2, roots: [1, 2, 3], needing: 2, releases: [12], revoked: [11])
        let third = try RootSamples.root(3, roots: [1, 2, 3], needing: 2, releases: [11])
        #expect(throws: TrustError.revocationTakenBack(root: 3, try key(11))) {
            try newest([RootSamples.link(second, signedBy: 1, 2), RootSamples.link(third, signedBy: 1, 2)])
        }
    }

    @Test("Another organisation's chain counts for nothing and is in nobody's way") func foreignChain() throws {
        let theirs = [
            try RootSamples.link(RootSamples.root(1, roots: [21], releases: [31]), signedBy: 21),
            try RootSamples.link(RootSamples.root(2, roots: [22], releases: [31]), signedBy: 21, 22),
        ]
        let (chain, relation) = try RootSamples.host().following(theirs)
        #expect(try relation == .foreign([1, 2]) && chain == RootSamples.host())
    }

    @Test("A host that adopted one key by its fingerprint follows the chain that begins with it") func singleKey()
        throws
    {
        let chain = try TrustChain(adopting: Samples.key(1).publicKey)
        let first = try RootSamples.link(TrustRoot(adopting: Samples.key(1).publicKey), signedBy: 1)
        let second = try RootSamples.link(RootSamples.root(2, roots: [1, 2], releases: [11]), signedBy: 1)
        #expect(try newest([first, second], from: chain).number == 2)
        #expect(try newest([second], from: chain).number == 2)
    }

    @Test("A root that its own keys have not signed is not adopted") func adoption() throws {
        #expect(throws: TrustError.rootThresholdNotMet(root: 1, by: 1, needed: 2, established: [try key(1)])) {
            try TrustChain(vouched: RootSamples.link(RootSamples.first(), signedBy: 1)).checkOwnSignatures()
        }
        #expect(throws: TrustError.wrongRootNumber(name: 2, stated: 1)) {
            try TrustChain(vouched: RootSamples.link(2, RootSamples.first().encode(), signedBy: [1, 2]))
        }
    }

    @Test("No byte of a root can change, and no root is decoded that nobody vouched for") func everyByte() throws {
        let second = try RootSamples.link(
            RootSamples.root(2, roots: [1, 2, 3], needing: 2, releases: [11]), signedBy: 1, 2)
        let host = try RootSamples.host()
        for index in second.bytes.indices {
            var bytes = second.bytes
            bytes[index] ^= 1
            #expect(throws: TrustError.self) {
                try host.following([TrustLink(number: 2, bytes: bytes, signatures: second.signatures)])
            }
        }
    }
}
