// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Reporting
import Trust

/// The receipts of this host as an audit sees them: judged by the host's own key, its former ones, and those of role `host`
/// that the newest trust root names.
struct AuditedReceipts {
    let findings: [AuditFinding]
    /// nil where this host never wrote one.
    let chain: AuditReport.Chain?
    /// What they, and the log, say of trust roots.
    let witness: RootWitness

    static func look(by root: TrustRoot?) -> AuditedReceipts {
        let place = HostLayout.receipts(root: "/")
        guard (try? FileSystem.status(place))??.kind == .directory else {
            return AuditedReceipts(findings: [], chain: nil, witness: logged)
        }
        do {
            let judged = try CarriedDirectory(path: place.parent).read().judge(by: try keyring(root))
            return AuditedReceipts(
                findings: judged.faults.compactMap { finding($0, place) },
                chain: judged.proven.last.map {
                    AuditReport.Chain(entries: judged.proven.count, head: $0.sha256.hex)
                }, witness: RootWitness(entries: judged.entries, receipts: judged.proven.map(\.receipt)))
        } catch {
            let finding = AuditFinding(
                .damage, .receipts, .broken, at: place.text, found: Explanation.orPlain(error).firstLine,
                remedy: remedy)
            return AuditedReceipts(findings: [finding], chain: nil, witness: logged)
        }
    }

    private static var logged: RootWitness {
        RootWitness(entries: (try? AuditLog().verify().entries) ?? [], receipts: [])
    }

    private static let remedy = "compare it with what was carried to the connected side: bundle receipts verify"

    private static func keyring(_ root: TrustRoot?) throws -> Keyring {
        let known = root?.keyring(for: .host)
        var keys = known.map { Array($0.keys.values) } ?? []
        if let own = try HostKey().load() { keys.append(own.publicKey) }
        for path in try HostKey().publicFiles() where path != HostKey().open {
            keys.append(try KeyFiles.publicKey(path))
        }
        return Keyring(keys: keys, revoked: known?.revoked ?? [])
    }

    /// The log's own chain is looked at before, and told as such.
    private static func finding(_ fault: ReceiptFindings.Fault, _ place: HostPath) -> AuditFinding? {
        let log = HostLayout.auditLog(root: "/").text
        switch fault {
        case .logMissing, .logBroken: return nil
        case .logCut: return AuditFinding(.damage, .log, .missing, at: log, found: fault.words, remedy: remedy)
        case .logRewritten: return AuditFinding(.damage, .log, .changed, at: log, found: fault.words, remedy: remedy)
        case .voided: return AuditFinding(.note, .receipts, .broken, at: place.text, found: fault.words)
        case .missing:
            return AuditFinding(.damage, .receipts, .missing, at: place.text, found: fault.words, remedy: remedy)
        default: return AuditFinding(.damage, .receipts, .changed, at: place.text, found: fault.words, remedy: remedy)
        }
    }
}
