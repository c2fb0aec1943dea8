// SPDX-License-Identifier: Apache-2.0
import HostSystem
import Trust

/// The trust roots of a project, `keys/trust`, which each of its bundles carries whole (trust §4.7).
struct ProjectRoots {
    let links: [TrustLink]
    /// nil where the project has no root that is signed.
    let chain: TrustChain?
    let path: HostPath
    private var newest: TrustRoot? { chain?.newest.root }

    /// Roots that are not signed by enough keys yet are left out, and said: a release need not wait for the holders.
    ///
    /// - Throws: `KeyError.file` for what no host would take.
    static func load(project: HostPath, _ console: Console) throws -> ProjectRoots {
        let directory = TrustDirectory(path: project / "keys" / "trust")
        let found = try directory.links()
        guard let first = found.first else { return ProjectRoots(links: [], chain: nil, path: directory.path) }
        do {
            var chain = try TrustChain(vouched: first)
            for (index, link) in found.enumerated() {
                do throws(TrustError) {
                    if index == 0 {
                        try chain.checkOwnSignatures()
                    } else {
                        chain = try chain.following([found[index - 1], link]).chain
                    }
                } catch {
                    guard case .rootThresholdNotMet = error, index == found.count - 1 else { throw error }
                    console.warn(
                        "\(directory.rootPath(link.number)) is not signed by enough keys yet, so it counts for nothing")
                    let kept = Array(found.prefix(index))
                    return ProjectRoots(links: kept, chain: kept.isEmpty ? nil : chain, path: directory.path)
                }
            }
            return ProjectRoots(links: found, chain: chain, path: directory.path)
        } catch let error as TrustError {
            throw KeyError.file(path: directory.path.text, error)
        }
    }

    /// What hosts that follow these roots will say of signatures by these keys.
    /// - Throws: `KeyError.revokedKey`: what such a key signs looks like an attack to every host.
    func warn(of signers: [MinisignPublicKey], _ console: Console) throws {
        guard let newest, !signers.isEmpty else { return }
        let keyring = newest.keyring(for: .release)
        if let dead = signers.first(where: { keyring.revoked.contains($0.fingerprint) }) {
            throw KeyError.revokedKey(dead.fingerprint, root: newest.number)
        }
        for key in signers where keyring.keys[key.fingerprint] == nil {
            console.warn(
                "key \(key.fingerprint) is no release key of trust root \(newest.number): hosts do not count it")
        }
    }

    /// More signers may follow, so a signature that is not the last is no fault.
    func warn(ofCount signers: [MinisignPublicKey], _ console: Console) {
        guard let newest, !signers.isEmpty else { return }
        let keyring = newest.keyring(for: .release)
        let counted = Set(signers.map(\.fingerprint)).filter { keyring.keys[$0] != nil }.count
        guard counted < keyring.threshold else { return }
        console.warn(
            "trust root \(newest.number) wants \(keyring.threshold) release keys to sign, and \(counted) did: "
                + "add the others with `bundle sign`")
    }
}
