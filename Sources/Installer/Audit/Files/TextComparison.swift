// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
import Reporting

/// Compares a file with the text that the release and the site's kept values make of it. What is neither that nor what was
/// written then was changed; what was written then, and would be written otherwise today, is the site's doing.
struct TextComparison {
    let product: ReleaseName
    let sheet: AuditSheet
    /// Digests of what was written when the release was installed, by path.
    let written: [String: Digest]

    func compare(
        _ area: AuditFinding.Area, _ path: HostPath, says expected: [UInt8], permissions: UInt16, owner: FileOwner,
        then: [Mend] = [], unit: String? = nil
    ) {
        guard sheet.leads(to: path.parent) else { return }
        let wanted = Digest.ofBytes(expected)
        let recorded = written[path.text]
        // What would be written today is not what was there: it would be another change.
        let canMend = recorded == nil || recorded == wanted
        let mends = canMend ? [.text(path, expected, permissions: permissions, owner: owner)] + then : []
        let remedy = canMend ? nil : "settings have changed since it was written: bundle reconfigure \(product)"
        guard let status = (try? FileSystem.status(path)) ?? nil else {
            sheet.drift(
                area, .missing, at: path.text, expected: "sha256 \(recorded ?? wanted)", remedy: remedy, mends: mends,
                unit: unit)
            return
        }
        guard status.kind == .file else {
            sheet.drift(
                area, .kind, at: path.text, expected: "a file", found: status.words(at: path), remedy: remedy,
                mends: mends, unit: unit)
            return
        }
        let bytes = (try? FileSystem.readAll(path, limit: 64 << 20, followLinks: false)) ?? []
        let found = Digest.ofBytes(bytes)
        if found != wanted {
            guard recorded != found else {
                sheet.note(
                    .site, .changed, at: path.text, expected: "what today's settings and host would give",
                    found: "what was written when the release was installed", remedy: "bundle reconfigure \(product)")
                return
            }
            sheet.drift(
                area, .changed, at: path.text, expected: "sha256 \(recorded ?? wanted)",
                found: "sha256 \(found)" + (canMend ? TextComparison.place(expected, bytes) : ""), remedy: remedy,
                mends: mends, unit: unit)
            return
        }
        RightsComparison(sheet: sheet, area: area).compare(status, path, permissions, owner)
    }

    /// Where two texts part; never what they say, which may be the site's own.
    private static func place(_ expected: [UInt8], _ found: [UInt8]) -> String {
        let same = zip(expected, found).prefix { $0 == $1 }.count
        return ", from line \(expected.prefix(same).count { $0 == 0x0a } + 1)"
    }
}
