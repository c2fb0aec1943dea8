// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import Installer
import Reporting
import Trust

/// What this host believes, as an audit sees it: what signatures are judged by, and what is wrong with that itself. It is
/// told once, and never as a fault of each release's evidence.
struct AuditedTrust {
    let chain: TrustChain?
    let findings: [AuditFinding]
    /// Judged by the same roots; they, and the log, are read once for both questions.
    let receipts: AuditedReceipts

    static func look() -> AuditedTrust {
        let place = HostTrust.directory.text
        let chain: TrustChain?
        do { chain = try HostTrust.load()?.chain } catch {
            let explanation = Explanation.orPlain(error)
            return AuditedTrust(
                chain: nil,
                findings: [
                    AuditFinding(
                        .damage, .trust, .broken, at: place, found: explanation.firstLine, remedy: explanation.hint)
                ], receipts: AuditedReceipts.look(by: nil))
        }
        let believed = (chain?.roots ?? []).map(\.mark)
        let receipts = AuditedReceipts.look(by: chain?.newest.root)
        let finding = receipts.witness.finding(believed, at: place)
        return AuditedTrust(chain: chain, findings: finding.map { [$0] } ?? [], receipts: receipts)
    }

    /// By the newest root alone: what was believed when a release was installed counts no more. What an older root knew
    /// tells a signature that was tampered with from one by a key that went since.
    func judge(
        _ checksums: [UInt8], _ signatures: [NamedSignature], _ identity: ReleaseIdentity
    ) throws -> SignatureVerdict {
        guard let root = chain?.newest.root else {
            guard findings.isEmpty else { throw NothingToJudgeBy() }
            return try Keyring(keys: []).judge(signed: checksums, signatures: signatures, release: identity)
        }
        do {
            return try root.judge(signed: checksums, signatures: signatures, release: identity)
        } catch let now {
            for former in chain?.roots.dropLast() ?? [] {
                do {
                    _ = try former.root.keyring(for: .release).judge(
                        signed: checksums, signatures: signatures, release: identity)
                } catch TrustError.badSignature(let key) { throw TrustError.badSignature(key) } catch {}
            }
            throw now
        }
    }
}
