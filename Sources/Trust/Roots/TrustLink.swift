// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// A trust root with the signatures that came with it, as a bundle or a directory has them: nothing of it is believed, and
/// nothing decoded (trust §4.7).
package struct TrustLink: Equatable, Sendable {
    /// What its name says, `N.json`.
    package let number: Int
    package let bytes: [UInt8]
    /// `N.KEY.minisig`, by the KEY of their names.
    package let signatures: [NamedSignature]

    package init(number: Int, bytes: [UInt8], signatures: [NamedSignature]) {
        self.number = number
        self.bytes = bytes
        self.signatures = signatures
    }
}

extension TrustLink {
    /// What members `trust/*` are, in the order of their numbers; a signature of a root that is not there is left out.
    package static func links(_ members: [(name: MemberName, bytes: [UInt8])]) -> [TrustLink] {
        var signatures: [Int: [NamedSignature]] = [:]
        var roots: [Int: [UInt8]] = [:]
        for member in members {
            switch member.name {
            case .trustRoot(let number): roots[number] = member.bytes
            case .trustSignature(let number, let key):
                guard let name = KeyFingerprint(hex: key) else { continue }
                signatures[number, default: []].append(NamedSignature(name: name, bytes: member.bytes))
            default: continue
            }
        }
        return roots.sorted { $0.key < $1.key }.map {
            TrustLink(
                number: $0.key, bytes: $0.value, signatures: (signatures[$0.key] ?? []).sorted { $0.name < $1.name })
        }
    }

    /// The members of a bundle that carry it, in their order.
    package var members: [(name: MemberName, bytes: [UInt8])] {
        [(.trustRoot(number: number), bytes)]
            + signatures.map { (.trustSignature(number: number, key: $0.name.hex), $0.bytes) }
    }
}

extension TrustRoot {
    /// Which keys of this root's role `root` have signed a link. Names are nobody's word: one that is not believed counts for
    /// nothing, whatever it holds, and neither does one whose signature does not hold.
    package func rootSigners(of link: TrustLink) -> [KeyFingerprint] {
        let keyring = keyring(for: .root)
        let holding = link.signatures.filter { named in
            guard let key = keyring.keys[named.name], let signature = try? MinisignSignature(file: named.bytes) else {
                return false
            }
            return signature.keyID == key.id && signature.holds(for: link.bytes, by: key.key)
        }
        return Set(holding.map(\.name)).sorted()
    }

    /// Demands that enough of them have.
    ///
    /// - Throws: `badDocumentSignature` where one bears the name of a believed key and is not its; `rootThresholdNotMet`.
    func vouch(for link: TrustLink) throws(TrustError) {
        guard DocumentKind.trustRoot.matches(link.bytes) else { throw .wrongDocumentKind(.trustRoot) }
        let keyring = keyring(for: .root)
        let signers = rootSigners(of: link)
        for named in link.signatures where keyring.keys[named.name] != nil && !signers.contains(named.name) {
            throw .badDocumentSignature(.trustRoot, named.name)
        }
        guard signers.count >= keyring.threshold else {
            throw .rootThresholdNotMet(
                root: link.number, by: number, needed: keyring.threshold, established: signers)
        }
    }
}
