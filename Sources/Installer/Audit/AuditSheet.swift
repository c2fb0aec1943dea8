// SPDX-License-Identifier: Apache-2.0
import HostSystem
package import Reporting

/// What an audit has found so far, and how each finding is mended.
package final class AuditSheet {
    struct Entry {
        var finding: AuditFinding
        var mends: [Mend]
        /// The unit that runs by what is mended here.
        var unit: String?
    }

    private(set) var entries: [Entry] = []
    package var tally = AuditReport.Tally()
    package var signers: [AuditReport.Signer] = []
    package var release: AuditReport.Release?
    package var log: AuditReport.Chain?

    /// What directories are real is asked below it.
    var root: HostPath = "/"
    /// Of directories that were looked at: whether one comes there by real directories alone.
    var ways: [String: Bool] = [:]

    package init() {}

    package var findings: [AuditFinding] { entries.map(\.finding) }

    /// Whether something was found at that place already: one cause is told once.
    func names(_ place: String) -> Bool { entries.contains { $0.finding.place == place } }

    func note(
        _ area: AuditFinding.Area, _ difference: AuditFinding.Difference, at place: String, expected: String? = nil,
        found: String? = nil, remedy: String? = nil
    ) {
        add(.note, area, difference, place, expected, found, remedy)
    }

    /// - Parameter mends: empty for what a person has to mend; `remedy` says how.
    func drift(
        _ area: AuditFinding.Area, _ difference: AuditFinding.Difference, at place: String, expected: String? = nil,
        found: String? = nil, remedy: String? = nil, mends: [Mend] = [], unit: String? = nil
    ) {
        add(.drift, area, difference, place, expected, found, remedy, mends, unit)
    }

    func damage(
        _ area: AuditFinding.Area, _ difference: AuditFinding.Difference, at place: String, expected: String? = nil,
        found: String? = nil, remedy: String? = nil
    ) {
        add(.damage, area, difference, place, expected, found, remedy)
    }

    private func add(
        _ weight: AuditFinding.Weight, _ area: AuditFinding.Area, _ difference: AuditFinding.Difference,
        _ place: String, _ expected: String?, _ found: String?, _ remedy: String?, _ mends: [Mend] = [],
        _ unit: String? = nil
    ) {
        let finding = AuditFinding(
            weight, area, difference, at: place, expected: expected, found: found, remedy: remedy,
            isMendable: !mends.isEmpty)
        entries.append(Entry(finding: finding, mends: mends, unit: unit))
    }
}
