// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import TestSupport
import Trust
import VectorMaking

/// Which byte strings of a vector are proven for who believes what the vector says: found out apart from the code that is
/// tested, from Ed25519 and SHA-256 alone, so that a guard that is broken there does not vouch for itself.
struct ProvenDigests {
    private(set) var digests: Set<Digest> = []

    init(_ vector: Vector) throws {
        switch vector.kind {
        case .bundle, .unpack:
            let keys = vector.believed.filter { !vector.revoked.contains($0) }
            try take(
                Self.members(vector.bytes), Set(keys.map { try TestKeys.key($0).publicKey.key }),
                threshold: vector.threshold)
        case .chain: try takeChain(vector)
        // Vouched for by whoever put it there (trust §4.6): what reads it is handed nothing else.
        case .root, .admission: digests.insert(Digest.ofBytes(vector.bytes))
        case .publicKey, .secretKey, .signature, .document, .receipt: break
        }
    }

    private typealias Member = (name: String, bytes: [UInt8])

    /// SHA256SUMS signed by enough keys proves whatever it lists.
    private mutating func take(_ members: [Member], _ keys: Set<Ed25519PublicKey>, threshold: Int) throws {
        guard let list = members.first(where: { $0.name == "SHA256SUMS" })?.bytes else { return }
        let files = members.filter { $0.name.hasPrefix("signatures/") && $0.name.hasSuffix(".minisig") }
        guard Self.signers(of: list, files.map(\.bytes), keys) >= threshold else { return }
        for line in String(decoding: list, as: UTF8.self).split(separator: "\n") {
            if let digest = Digest(hex: String(line.prefix(64))) { digests.insert(digest) }
        }
    }

    /// Root N+1 is proven by keys of root N, root 1 by the host; the release by keys of any root that is.
    private mutating func takeChain(_ vector: Vector) throws {
        let members = Self.members(vector.bytes)
        var bytes = try VectorSet.firstRoot()
        digests.insert(Digest.ofBytes(bytes))
        var number = 1
        while let root = try? TrustRoot.decode(bytes), root.number == number {
            let release = try Self.keys(of: root, "release")
            try take(members, release.keys, threshold: release.threshold)
            let makers = try Self.keys(of: root, "root")
            number += 1
            let next = "trust/\(number)."
            let files = members.filter { $0.name.hasPrefix(next) && $0.name.hasSuffix(".minisig") }.map(\.bytes)
            guard let link = members.first(where: { $0.name == next + "json" })?.bytes,
                Self.signers(of: link, files, makers.keys) >= makers.threshold
            else { return }
            digests.insert(Digest.ofBytes(link))
            bytes = link
        }
    }

    private static func keys(of root: TrustRoot, _ role: String) throws -> (keys: Set<Ed25519PublicKey>, threshold: Int)
    {
        guard let rule = root.roles[role] else { return ([], 1) }
        let keys = try rule.keys.compactMap { try root.keys[$0].map { try MinisignPublicKey(base64: $0.key).key } }
        return (Set(keys), rule.threshold)
    }

    /// How many of the keys made one of the signature files: 64 bytes behind the key's id in the second line, over the text.
    private static func signers(of text: [UInt8], _ files: [[UInt8]], _ keys: Set<Ed25519PublicKey>) -> Int {
        keys.count { key in
            files.contains { file in
                let lines = file.split(separator: 0x0a, omittingEmptySubsequences: false)
                guard lines.count > 1, let bytes = Base64.decode(lines[1], count: 74),
                    bytes.starts(with: Array("Ed".utf8))
                else { return false }
                return key.verifies(signature: Array(bytes[10...]), of: text)
            }
        }
    }

    /// Name and content of whatever looks like a member.
    private static func members(_ bytes: [UInt8]) -> [Member] {
        var found: [Member] = []
        var at = 0
        while at + 512 <= bytes.count {
            let name = String(decoding: bytes[at..<at + 100].prefix { $0 != 0 }, as: UTF8.self)
            let digits = String(decoding: bytes[at + 124..<at + 135], as: UTF8.self)
            guard !name.isEmpty, let size = Int(digits, radix: 8), size >= 0, size <= bytes.count - at - 512 else {
                break
            }
            found.append((name, Array(bytes[at + 512..<at + 512 + size])))
            at += 512 + (size + 511) / 512 * 512
        }
        return found
    }
}
