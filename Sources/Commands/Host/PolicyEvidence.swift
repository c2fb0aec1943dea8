// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Reporting
import Trust

/// Approvals and other hosts' receipts that lie at hand for a release. What counts of them `Trust` decides; what was at hand
/// stays with the release's evidence.
struct PolicyEvidence {
    struct Approval {
        let file: String
        let bytes: [UInt8]
        let signature: MinisignSignature
    }

    struct Witness {
        let host: KeyFingerprint
        let receipt: [UInt8]
        let signature: [UInt8]
    }

    private(set) var approvals: [Approval] = []
    private(set) var witnesses: [Witness] = []
    /// What was found beside a bundle and is no approval, in words.
    private(set) var skipped: [String] = []
    private static let approvalDirectory = "approvals"
    private static let witnessDirectory = "witnesses"

    /// - Parameters:
    ///   - medium: the bundle; approvals beside it are found by their names.
    ///   - hosts: whose receipts are believed.
    static func collect(
        _ options: PolicyOptions, _ release: ReleaseIdentity, digest: Digest, medium: HostPath?, kept: HostPath,
        hosts: Keyring
    ) throws -> PolicyEvidence {
        var found = PolicyEvidence()
        let prefix = Trust.Approval.fileName(release) + "."
        for place in [try medium.map { try FileSystem.resolve($0).parent }, kept / approvalDirectory].compactMap(\.self)
        {
            try found.takeApprovals(place) { $0.hasPrefix(prefix) || medium == nil }
        }
        for text in options.approval {
            let path = HostPath(text)
            if try NamedPath.kind(path) == .directory {
                try found.takeApprovals(path) { $0.hasPrefix(prefix) }
            } else {
                try found.takeApproval(path)
            }
        }
        var carried: [(proven: ProvenReceipt, bytes: [UInt8], signature: [UInt8])] = []
        for text in options.receipts {
            for directory in try CarriedDirectory.find(HostPath(text)) {
                carried += try receipts(directory.path / CarriedDirectory.receipts, hosts)
            }
        }
        carried += try receipts(kept / witnessDirectory, hosts)
        found.takeWitnesses(carried, of: digest, besides: try HostKey().fingerprints())
        return found
    }

    private mutating func takeApprovals(_ place: HostPath, where wanted: (String) -> Bool) throws {
        guard try FileSystem.exists(place) else { return }
        for name in try FileSystem.list(place).sorted()
        where name.hasSuffix(".minisig") && !name.hasPrefix(".") && wanted(name) {
            // It lies there and nobody named it: junk on a stick is nobody's hindrance. What is not approved is refused.
            do { try takeApproval(place / name) } catch {
                skipped.append("\(place / name) is not looked at: \(Explanation.orPlain(error).message)")
            }
        }
    }

    private mutating func takeApproval(_ path: HostPath) throws {
        let bytes = try FileSystem.readAll(path, limit: Limits.signatureBytes * 16)
        do {
            let signature = try MinisignSignature(file: bytes)
            if !approvals.contains(where: { $0.bytes == bytes }) {
                approvals.append(Approval(file: path.name, bytes: bytes, signature: signature))
            }
        } catch {
            throw KeyError.file(path: path.text, error)
        }
    }

    /// Receipts that are not believed, or say something else, are nobody's hindrance: a stick may carry those of many hosts.
    private static func receipts(
        _ place: HostPath, _ hosts: Keyring
    ) throws -> [(proven: ProvenReceipt, bytes: [UInt8], signature: [UInt8])] {
        guard try FileSystem.exists(place) else { return [] }
        return try FileSystem.list(place).sorted().compactMap { name in
            guard name.hasSuffix(".receipt"), !name.hasPrefix("."),
                try FileSystem.status(place / name)?.kind == .file,
                let bytes = try? FileSystem.readAll(place / name, limit: Receipt.limit, followLinks: false),
                let signature = try? FileSystem.readAll(
                    place / "\(name).minisig", limit: Limits.signatureBytes * 16, followLinks: false),
                let proven = try? ProvenReceipt.judge(bytes, signature: signature, by: hosts)
            else { return nil }
            return (proven, bytes, signature)
        }
    }

    private mutating func takeWitnesses(
        _ carried: [(proven: ProvenReceipt, bytes: [UInt8], signature: [UInt8])], of release: Digest,
        besides own: Set<KeyFingerprint>
    ) {
        // A host is no second pair of eyes for itself, under whichever of its keys.
        for (host, receipts) in Dictionary(grouping: carried, by: { $0.proven.host.fingerprint })
        where !own.contains(host) {
            guard let witness = ProvenReceipt.witness(of: release, among: receipts.map(\.proven)),
                let found = receipts.first(where: { $0.proven == witness })
            else { continue }
            witnesses.append(Witness(host: host, receipt: found.bytes, signature: found.signature))
        }
    }

    /// With the release's evidence, for whoever asks later who let it in.
    func keep(in evidence: HostPath) throws {
        for approval in approvals {
            let place = evidence / PolicyEvidence.approvalDirectory
            try FileSystem.createDirectories(place)
            try FileSystem.write(approval.bytes, to: place / approval.file)
        }
        for witness in witnesses {
            let place = evidence / PolicyEvidence.witnessDirectory
            try FileSystem.createDirectories(place)
            try FileSystem.write(witness.receipt, to: place / "\(witness.host).receipt")
            try FileSystem.write(witness.signature, to: place / "\(witness.host).receipt.minisig")
        }
    }
}
