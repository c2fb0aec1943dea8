// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Reporting

/// Which bundles an operator let in though no believed key had signed them, as the audit log tells.
struct Admissions {
    struct Admission {
        var wallSeconds: Int64
        var reason: String
    }

    let entries: [AuditEntry]
    /// Whether the log says all that ever was: its chain holds, and none was put aside.
    let isWhole: Bool

    /// - Parameter log: nil when it cannot be believed; then nothing was let in, as far as anybody knows.
    init(log: [AuditEntry]?, layout: HostLayout) {
        let names = (try? FileSystem.list(layout.allRecords)) ?? []
        let name = layout.auditLog.name
        let former = names.filter { $0.hasPrefix("\(name).") }.sorted().flatMap { name -> [AuditEntry] in
            let path = layout.allRecords / name
            guard let bytes = try? FileSystem.readAll(path, limit: ChainedFile.limit, followLinks: false) else {
                return []
            }
            return (try? AuditLog.verdict(ofLog: bytes, path: path).entries) ?? []
        }
        entries = former + (log ?? [])
        isWhole = log != nil && !names.contains { $0.hasPrefix("\(name).") }
    }

    /// - Parameter list: SHA-256 of its SHA256SUMS.
    func find(_ list: Digest) -> Admission? {
        let rule = "bundles are signed: \(list)"
        for entry in entries where entry.outcome == .done {
            guard let override = entry.subject.overrides.first(where: { $0.rule == rule }) else { continue }
            return Admission(wallSeconds: entry.wallSeconds, reason: override.reason)
        }
        return nil
    }
}
