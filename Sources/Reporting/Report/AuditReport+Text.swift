// SPDX-License-Identifier: Apache-2.0

import BundleFormat

extension AuditReport {
    /// For people at a terminal.
    package var text: String {
        var lines: [String] = []
        if let release {
            lines.append(
                "\(product) \(release.version) (\(release.digest.short)) on \(hostname), \(release.slot), at \(time)")
        } else {
            lines.append("\(product) on \(hostname), at \(time): nothing serves")
        }
        lines += signers.map { "  signed by \($0.fingerprint) (key \($0.keyID))" }
        if let root { lines.append("  judged by trust root \(root)" + (rootFingerprint.map { " (\($0))" } ?? "")) }
        if let log { lines.append("  audit log: \(log.entries) entries, head \(log.head)") }
        if let receipts { lines.append("  receipts: \(receipts.entries), head \(receipts.head)") }
        let looked = tally.members.filter { $0.count > 0 }.map { "\($0.count) \($0.name)" }
        lines.append("  compared: \(looked.joined(separator: ", "))")
        lines += repairLines
        for finding in sorted {
            lines.append("\(finding.weight.rawValue): \(finding.title): \(finding.place)")
            if let contrast = finding.contrast { lines.append("    \(contrast)") }
            if let advice = finding.advice(product.text) { lines.append("    \(advice)") }
        }
        lines.append(conclusion)
        return lines.map(ReportText.line).joined(separator: "\n") + "\n"
    }

    package var conclusion: String {
        let (drifts, damages) = (count(.drift), count(.damage))
        let differences = "\(drifts) difference\(drifts == 1 ? "" : "s")"
        switch verdict {
        case .clean:
            let isLetIn = findings.contains { $0.difference == .unsigned }
            return isLetIn
                ? "clean, but for a release that was let in unsigned" : "clean: this host is what was signed"
        case .drift: return "drift: \(differences) from what was signed"
        case .damage:
            let faults = "\(damages) fault\(damages == 1 ? "" : "s")"
            return "damage: \(faults) in what proves this host" + (drifts > 0 ? ", and \(differences)" : "")
        }
    }

    /// One line for the log and a receipt: what was mended, what it came to, and where.
    package var summary: String {
        var parts: [String] = []
        if let repair {
            parts.append(
                "mended \(repair.mended.count)" + AuditReport.list(repair.mended)
                    + ", not mended \(repair.failures.count); then")
        }
        parts.append(conclusion + AuditReport.list(sorted.filter { $0.weight > .note }))
        return ReportText.line(parts.joined(separator: " "))
    }

    private static let listed = 8

    /// The first of them: `(files-changed /opt/…, … and 3 more)`.
    private static func list(_ findings: [AuditFinding]) -> String {
        guard !findings.isEmpty else { return "" }
        let places = findings.prefix(listed).map { "\($0.code) \($0.place)" }.joined(separator: ", ")
        let more = findings.count > listed ? " and \(findings.count - listed) more" : ""
        return " (\(places)\(more))"
    }

    private func count(_ weight: AuditFinding.Weight) -> Int { findings.filter { $0.weight == weight }.count }

    private var repairLines: [String] {
        guard let repair else { return [] }
        return repair.mended.map { "mended: \($0.title): \($0.place)" }
            + repair.failures.map { "not mended: \($0.place): \($0.reason)" }
            + repair.restarts.map { "runs by what it read before: \($0): systemctl restart \($0)" }
    }
}
