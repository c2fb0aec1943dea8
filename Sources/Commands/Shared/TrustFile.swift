// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Trust

/// One trust root as a file that a person names, with the signatures that lie beside it.
struct TrustFile {
    let path: HostPath
    let bytes: [UInt8]

    static func read(_ path: HostPath) throws -> TrustFile {
        TrustFile(path: path, bytes: try FileSystem.readAll(path, limit: Limits.trustRootBytes))
    }

    var fingerprint: RootFingerprint { RootFingerprint(of: bytes) }

    /// Whoever calls this has a person's word for these bytes: by a fingerprint, or by naming the file to a verb that
    /// changes nothing.
    /// - Throws: `KeyError.file`.
    func vouched() throws -> TrustChain {
        do {
            return try TrustChain(vouched: link())
        } catch let error as TrustError {
            throw KeyError.file(path: path.text, error)
        }
    }

    /// Its number is that of its name, `N.json`; a file of another name is taken for what it says.
    private func link() throws -> TrustLink {
        let beside = try TrustDirectory(path: path.parent).links()
        if case .trustRoot(let number) = MemberName("trust/\(path.name)"),
            let link = beside.first(where: { $0.number == number })
        {
            return TrustLink(number: number, bytes: bytes, signatures: link.signatures)
        }
        return TrustLink(number: try TrustRoot.decode(bytes).number, bytes: bytes, signatures: [])
    }
}
