// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

extension AuditReport {
    /// For programs: `bundle-audit/1` (cli §4).
    package var json: JSONValue {
        [
            "format": "bundle-audit/1",
            "product": .string(product.text),
            "host": ["name": .string(hostname), "boot": .string(bootID)],
            "time": .string(time),
            "tool": ["version": .string(tool), "sha256": AuditReport.optional(toolDigest)],
            "release": release.map {
                [
                    "version": .string($0.version.description), "digest": .string($0.digest.hex),
                    "directory": .string($0.directory), "slot": .string($0.slot),
                ]
            } ?? .null,
            "signers": .array(
                signers.map {
                    [
                        "fingerprint": .string($0.fingerprint), "key_id": .string($0.keyID),
                        "comment": .string($0.comment),
                    ]
                }),
            "trust_root": root.map { .integer(Int64($0)) } ?? .null,
            "trust_root_fingerprint": AuditReport.optional(rootFingerprint),
            "audit_log": AuditReport.json(log),
            "receipts": AuditReport.json(receipts),
            "compared": .object(tally.members.map { JSONValue.Member($0.name, .integer($0.count)) }),
            "verdict": .string(verdict.rawValue),
            "findings": .array(sorted.map(json)),
            "repair": repair.map(json) ?? .null,
        ]
    }

    private func json(_ finding: AuditFinding) -> JSONValue {
        [
            "weight": .string(finding.weight.rawValue), "code": .string(finding.code),
            "place": .string(finding.place), "expected": AuditReport.optional(finding.expected),
            "found": AuditReport.optional(finding.found), "mendable": .bool(finding.isMendable),
            "advice": AuditReport.optional(finding.advice(product.text)),
        ]
    }

    private func json(_ repair: Repair) -> JSONValue {
        [
            "mended": .array(
                repair.mended.map { ["code": .string($0.code), "place": .string($0.place)] }),
            "failed": .array(
                repair.failures.map { ["place": .string($0.place), "reason": .string($0.reason)] }),
            "restart": .array(repair.restarts.map { .string($0) }),
        ]
    }

    private static func json(_ chain: Chain?) -> JSONValue {
        chain.map { ["entries": .integer(Int64($0.entries)), "head": .string($0.head)] } ?? .null
    }

    private static func optional(_ text: String?) -> JSONValue { text.map { .string($0) } ?? .null }
}
