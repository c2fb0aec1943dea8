// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Cryptography
import HostSystem
import Trust

/// Puts signatures into the signature area of a bundle file and touches no other byte.
struct BundleSigning {
    let path: HostPath

    struct Done {
        let path: HostPath
        let release: ReleaseIdentity
        let releaseDigest: Digest
        let signers: [MinisignPublicKey]
        let signatureCount: Int
    }

    func sign(with keys: [SigningKey]) throws -> Done {
        let bundle = try UnverifiedBundle.open(path)
        let claimed = bundle.claimed
        // The head is proven by a signature that never leaves this function, so that nobody signs a SHA256SUMS that is
        // not this head's, and the manifest's digest in the comment is the real one.
        let nothing = Digest.ofBytes([])
        let own = Keyring(keys: keys.map(\.publicKey))
        let head = try bundle.proveHead { claimed in
            try own.judge(
                signed: claimed.checksums,
                signatures: try keys.map {
                    try ReleaseSigner.sign(claimed.checksums, of: claimed.identity, releaseDigest: nothing, with: $0)
                }, release: claimed.identity)
        }
        let made = try keys.map {
            try ReleaseSigner.sign(
                claimed.checksums, of: claimed.identity, releaseDigest: head.releaseDigest, with: $0)
        }
        return try add(made, by: keys.map(\.publicKey), to: claimed, head)
    }

    func attach(_ file: HostPath, publicKey: HostPath?) throws -> Done {
        let bundle = try UnverifiedBundle.open(path)
        let claimed = bundle.claimed
        let bytes = try FileSystem.readAll(file, limit: 16 * 1024)
        do {
            let key = try publicKey.map { try KeyFiles.publicKey($0) } ?? findKey(of: MinisignSignature(file: bytes))
            let made = try ReleaseSigner.attach(bytes, to: claimed.checksums, of: claimed.identity, by: key)
            let head = try bundle.proveHead { claimed in
                try Keyring(keys: [key]).judge(
                    signed: claimed.checksums, signatures: [made], release: claimed.identity)
            }
            return try add([made], by: [key], to: claimed, head)
        } catch let error as TrustError {
            throw KeyError.file(path: file.text, error)
        }
    }

    /// The id only narrows the search; the signature is held to the key that is found.
    private func findKey(of signature: MinisignSignature) throws -> MinisignPublicKey {
        let known = try KeyFiles.defaultPublicKeys(project: ".")
        guard let key = known.first(where: { $0.id == signature.keyID }) else {
            throw KeyError.noPublicKey(for: signature.keyID)
        }
        return key
    }

    /// Format §5.2: sorted by key, the reserve fills the rest. A signature of the same key is replaced.
    private func add(
        _ made: [NamedSignature], by keys: [MinisignPublicKey], to claimed: ClaimedHead, _ head: ProvenHead
    ) throws -> Done {
        var all: [String: [UInt8]] = [:]
        for signature in claimed.signatures + made { all[signature.name.hex] = signature.bytes }
        let area = try SignatureArea.bytes(all)
        let file = try HostFile.open(path, .change)
        try file.write(area, at: claimed.signatureAreaOffset)
        try file.sync()
        return Done(
            path: path, release: claimed.identity, releaseDigest: head.releaseDigest, signers: keys,
            signatureCount: all.count)
    }
}

extension BundleSigning.Done {
    var text: String {
        let names = signers.map { "\($0.fingerprint) (\($0.id))" }.joined(separator: ", ")
        return "\(path.text): signed \(release), release \(releaseDigest.hex), by \(names)"
    }

    var json: JSONValue {
        [
            "arch": .string(release.arch.rawValue), "file": .string(path.text), "name": .string(release.name.text),
            "release_digest": .string(releaseDigest.hex), "signatures": .integer(Int64(signatureCount)),
            "signers": .array(signers.map { KeyAnswer(key: $0, path: nil).json }),
            "version": .string(release.version.description),
        ]
    }
}
