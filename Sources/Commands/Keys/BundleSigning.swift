// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import Cryptography
import HostSystem
import Trust

/// Puts signatures into the signature area of a bundle, or of the head of one, and touches no other byte.
struct BundleSigning {
    let path: HostPath
    private let claimed: ClaimedHead
    /// What is signed: every document of it stands under the SHA256SUMS that signatures are of.
    let head: ProvenHead

    /// Proves the head against the SHA256SUMS that is about to be signed, so that nobody signs one that is not this
    /// head's, and what is shown of it is what is signed. The key that says so was made for this and is forgotten at
    /// once: whose word SHA256SUMS is will be said by the signature that is being made.
    init(_ path: HostPath) throws {
        let bundle = try Self.open(path)
        let passing = try SigningKey.generate()
        self.path = path
        claimed = bundle.claimed
        head = try bundle.proveHead { claimed in
            let signature = try ReleaseSigner.sign(
                claimed.checksums, of: claimed.identity, releaseDigest: Digest.ofBytes([]), with: passing)
            return try Keyring(keys: [passing.publicKey]).judge(
                signed: claimed.checksums, signatures: [signature], release: claimed.identity)
        }
    }

    /// Signatures lie inside of what is encrypted: in place they cannot be changed.
    private static func open(_ path: HostPath) throws -> UnverifiedBundle {
        // In place, a signature would change one part and leave the list behind.
        guard !path.name.hasSuffix(PartList.suffix), PartList.number(in: path.name) == nil else {
            throw PartError.cannotSign(path)
        }
        do {
            return try UnverifiedBundle.open(path)
        } catch BundleError.encrypted {
            throw IdentityError.signingEncrypted(path: path)
        }
    }

    struct Done {
        let path: HostPath
        let release: ReleaseIdentity
        let releaseDigest: Digest
        let signers: [MinisignPublicKey]
        let signatureCount: Int
    }

    func sign(with signers: [any DocumentSigner]) async throws -> Done {
        var made: [NamedSignature] = []
        for signer in signers {
            made.append(
                try await ReleaseSigner.sign(
                    claimed.checksums, of: claimed.identity, releaseDigest: head.releaseDigest, by: signer))
        }
        return try add(made, by: signers.map(\.publicKey))
    }

    /// Takes the head out, for whoever signs elsewhere (trust §3.8).
    func detach(to output: HostPath) throws {
        guard try !FileSystem.exists(output) else { throw KeyError.exists(path: output.text) }
        let file = try HostFile.open(output, .create(permissions: 0o644), followLinks: false)
        do {
            try head.writeHead(to: file)
            try file.sync()
        } catch {
            _ = try? FileSystem.remove(output)
            throw error
        }
    }

    /// - Parameter file: what `minisign -S -l` made of SHA256SUMS, or a head that was signed.
    /// - Parameter known: the keys among which that of a signature is looked for.
    func attach(_ file: HostPath, known: [MinisignPublicKey]) throws -> Done {
        if try Self.isHead(file) { return try attachHead(file, known) }
        let bytes = try FileSystem.readAll(file, limit: 16 * 1024)
        do {
            let signature = try MinisignSignature(file: bytes)
            // The id only narrows the search; the signature is held to the key that is found.
            let candidates = known.filter { $0.id == signature.keyID }
            let holding = candidates.first { signature.holds(for: claimed.checksums, by: $0.key) }
            guard let key = holding ?? candidates.first ?? (known.count == 1 ? known.first : nil) else {
                throw KeyError.noPublicKey(for: signature.keyID)
            }
            return try add(
                [ReleaseSigner.attach(bytes, to: claimed.checksums, of: claimed.identity, by: key)], by: [key])
        } catch let error as TrustError {
            throw KeyError.file(path: file.text, error)
        }
    }

    /// Only a head of these very bytes: nobody signs one thing and has it attached to another.
    private func attachHead(_ file: HostPath, _ known: [MinisignPublicKey]) throws -> Done {
        let signed = try UnverifiedBundle.open(file).claimed
        guard signed.checksums == claimed.checksums, signed.identity == claimed.identity else {
            throw KeyError.foreignHead(path: file.text, of: signed.identity, bundle: claimed.identity)
        }
        let new = signed.signatures.filter { !claimed.signatures.contains($0) }
        guard !new.isEmpty else { throw KeyError.nothingToAttach(path: file.text) }
        var keys: [MinisignPublicKey] = []
        for signature in new {
            guard let key = known.first(where: { $0.fingerprint == signature.name }) else {
                throw KeyError.noPublicKeyNamed(signature.name)
            }
            do {
                _ = try Keyring(keys: [key]).judge(
                    signed: claimed.checksums, signatures: [signature], release: claimed.identity)
            } catch {
                throw KeyError.file(path: file.text, error)
            }
            keys.append(key)
        }
        return try add(new, by: keys)
    }

    private static func isHead(_ file: HostPath) throws -> Bool {
        var start = [UInt8](repeating: 0, count: 11)
        let count = try start.withUnsafeMutableBytes { try HostFile.openRegular(file).read(at: 0, into: $0) }
        return start[..<count].elementsEqual("README.txt\0".utf8)
    }

    /// Format §5.2: sorted by key, the reserve fills the rest. A signature of the same key is replaced.
    private func add(_ made: [NamedSignature], by keys: [MinisignPublicKey]) throws -> Done {
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
