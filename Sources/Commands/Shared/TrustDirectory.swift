// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Trust

/// Trust roots and their signatures as files: `N.json`, `N.KEY.minisig` (trust §4.7), in a project's `keys/trust`, on a
/// stick or on a host.
struct TrustDirectory {
    let path: HostPath

    /// All of them, lowest number first; signatures of a root that is not there are left out, and so is every other file:
    /// file managers litter sticks.
    ///
    /// - Parameter strict: of a host's own: a name of a root under which there is no plain file is damage, and never a
    ///   root that is not there, by which a host would believe an older one again.
    /// - Throws: `KeyError.notAFile` when strict.
    func links(strict: Bool = false) throws -> [TrustLink] {
        guard try FileSystem.exists(path) else { return [] }
        var members: [(name: MemberName, bytes: [UInt8])] = []
        for name in try FileSystem.list(path) where !name.hasPrefix(".") {
            guard let member = MemberName("trust/\(name)") else { continue }
            switch member {
            case .trustRoot, .trustSignature:
                // A pipe on a stick would be waited for for ever.
                guard try FileSystem.status(path / name)?.kind == .file else {
                    if strict { throw KeyError.notAFile(path: (path / name).text) }
                    continue
                }
                members.append((member, try FileSystem.readAll(path / name, limit: Int(member.limit))))
            default: continue
            }
        }
        return TrustLink.links(members)
    }

    func rootPath(_ number: Int) -> HostPath { path / "\(number).json" }

    func signaturePath(_ number: Int, by key: KeyFingerprint) -> HostPath { path / "\(number).\(key).minisig" }

    /// Its signatures first: a root whose name is there is there whole. Never over another root. Signatures of another root
    /// of that number, which a crash left, go: they would be held against this one.
    func write(_ link: TrustLink, owner: FileOwner? = nil) throws {
        for name in try FileSystem.list(path) {
            guard case .trustSignature(link.number, let key) = MemberName("trust/\(name)"),
                !link.signatures.contains(where: { $0.name.hex == key })
            else { continue }
            try FileSystem.remove(path / name)
        }
        for signature in link.signatures {
            try FileSystem.write(signature.bytes, to: signaturePath(link.number, by: signature.name), owner: owner)
        }
        let draft = path / ".\(link.number).json.new"
        try FileSystem.write(link.bytes, to: draft, owner: owner)
        do {
            try FileSystem.renameNoReplace(draft, to: rootPath(link.number))
        } catch {
            try FileSystem.remove(draft)
            throw error
        }
        try FileSystem.syncDirectory(path)
    }
}
