// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Cryptography

/// The trust roots that a host or a project believes, oldest first, with the newest that counts (trust §4.7).
package struct TrustChain: Equatable, Sendable {
    /// A root that is believed, as the bytes that were vouched for.
    package struct Believed: Equatable, Sendable {
        package let root: TrustRoot
        package let link: TrustLink

        package var fingerprint: RootFingerprint { RootFingerprint(of: link.bytes) }
        package var digest: Digest { Digest.ofBytes(link.bytes) }
    }

    /// Numbers rise by 1; never empty.
    package private(set) var roots: [Believed]
    package private(set) var newest: Believed

    /// A root for which a person vouched, by the way of trust §4.6 or as a project's own file.
    ///
    /// - Throws: `badTrustRoot`, `wrongRootNumber`.
    package init(vouched link: TrustLink) throws(TrustError) {
        let root = try TrustRoot.decode(link.bytes)
        guard root.number == link.number else { throw .wrongRootNumber(name: link.number, stated: root.number) }
        newest = Believed(root: root, link: link)
        roots = [newest]
    }

    /// The roots of one directory: for the first a person vouched, each other one is held by the one before it.
    ///
    /// - Returns: nil of no links.
    /// - Throws: as `init(vouched:)` and `following(_:)`; every link counts, or none does.
    package static func kept(_ links: [TrustLink]) throws(TrustError) -> TrustChain? {
        guard let first = links.min(by: { $0.number < $1.number }) else { return nil }
        // The first is among them, so whatever does not fit is a fault of these, never a stranger's.
        return try TrustChain(vouched: first).following(links).chain
    }

    /// A host should not be handed to keys that nobody was seen to hold: a root of several has their signatures. One of a
    /// single key is that key's own word.
    /// - Throws: `rootThresholdNotMet`, `badDocumentSignature`.
    package func checkOwnSignatures() throws(TrustError) {
        if !newest.root.isOfOneKey { try newest.root.vouch(for: newest.link) }
    }

    /// What adopting one public key makes.
    package init(adopting key: MinisignPublicKey) throws {
        let root = TrustRoot(adopting: key)
        newest = Believed(root: root, link: TrustLink(number: 1, bytes: try root.encode(), signatures: []))
        roots = [newest]
    }

    /// How the links of a bundle stand to this chain.
    package enum Relation: Equatable, Sendable {
        /// There are none.
        case none
        /// They hold roots of this chain, and none that is newer.
        case known
        /// They led on; the new roots, oldest first.
        case advanced([Believed])
        /// They are another's, or begin behind a gap: they count for nothing. The numbers are theirs.
        case foreign([Int])
    }

    /// Goes on from the newest root, one number at a time, as far as the links lead.
    ///
    /// - Returns: the chain with what was added.
    /// - Throws: `TrustError` when the links are this chain's and something is wrong: a gap, another root under a number
    ///   that is taken, too few signatures by the old keys or by the new ones, a revocation that is taken back.
    package func following(_ links: [TrustLink]) throws(TrustError) -> (chain: TrustChain, relation: Relation) {
        var byNumber: [Int: TrustLink] = [:]
        for link in links {
            guard byNumber.updateValue(link, forKey: link.number) == nil else { throw .duplicateRoot(link.number) }
        }
        guard let last = byNumber.keys.max() else { return (self, .none) }
        var isOurs = roots.contains { byNumber[$0.root.number]?.bytes == $0.link.bytes }
        var chain = self
        var added: [Believed] = []
        while let link = byNumber[chain.newest.root.number + 1] {
            do throws(TrustError) {
                added.append(try chain.newest.root.successor(link))
            } catch {
                // A stranger's chain has signatures of strangers; one that names our keys or our roots is no stranger's.
                if !isOurs, case .rootThresholdNotMet(_, _, _, let established) = error, established.isEmpty { break }
                throw error
            }
            isOurs = true
            chain.roots.append(added[added.count - 1])
            chain.newest = added[added.count - 1]
        }
        guard isOurs else { return (self, .foreign(byNumber.keys.sorted())) }
        for root in roots {
            if let other = byNumber[root.root.number], other.bytes != root.link.bytes {
                throw .forkedRoot(root.root.number)
            }
        }
        guard last <= chain.newest.root.number else {
            throw .skippedRoot(have: chain.newest.root.number, found: last)
        }
        return (chain, added.isEmpty ? .known : .advanced(added))
    }
}

extension TrustRoot {
    /// Whether it is what adopting one public key makes.
    package var isOfOneKey: Bool { number == 1 && keys.count == 1 }

    /// Root N+1 counts when the keys of N and its own have signed it (as in TUF), and only then it is decoded.
    fileprivate func successor(_ link: TrustLink) throws(TrustError) -> TrustChain.Believed {
        try vouch(for: link)
        let next = try TrustRoot.decode(link.bytes)
        guard next.number == number + 1, next.number == link.number else {
            throw .wrongRootNumber(name: link.number, stated: next.number)
        }
        // Its revoked keys are none of its own, so what they signed counts only for the root before.
        try next.vouch(for: link)
        // Revoked wins, for ever: a thief who once got a majority must not bring a key back under an old name.
        if let back = revoked.first(where: { !next.revoked.contains($0) }), let key = KeyFingerprint(hex: back) {
            throw .revocationTakenBack(root: next.number, key)
        }
        return TrustChain.Believed(root: next, link: link)
    }
}
