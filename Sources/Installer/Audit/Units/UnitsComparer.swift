// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
import Reporting

/// Compares unit files with what the release generates, and finds what changes a unit without being its file.
struct UnitsComparer {
    let layout: HostLayout
    let sheet: AuditSheet
    let runner: any CommandRunner
    let texts: TextComparison
    /// Drop-ins that were there when the release was installed, by path; nil where that is not known.
    let knownDropIns: [String: Digest]?
    var owner = FileOwner.root

    /// - Parameters:
    ///   - units: by name.
    ///   - elsewhere: texts of units of ours that do not serve: what any release here ever wrote, by path.
    func compare(_ units: [String: String], elsewhere: [String: Set<Digest>]) async {
        sheet.tally.units += units.count
        for (name, text) in units.sorted(by: { $0.key < $1.key }) {
            texts.compare(
                .units, layout.unit(name), says: Array(text.utf8), permissions: 0o644, owner: owner, then: [.reload],
                unit: name)
            findShadows(of: name)
        }
        let others = findOthers(Set(units.keys), elsewhere)
        findDropIns(units.keys + others)
        await findStale(units.keys.sorted())
        await ManagerComparer(layout: layout, sheet: sheet, runner: runner)
            .compare(Set(units.keys).union(others.filter { $0.hasSuffix(".service") }).sorted())
    }

    // MARK: - Files in the place of ours

    private func findShadows(of unit: String) {
        for path in (try? DropInSearch(root: layout.root).shadows(of: unit)) ?? [] {
            sheet.drift(
                .units, .unexpected, at: path.text, expected: "\(layout.unit(unit)) to be the unit",
                remedy: PastedCommand.remove(path, then: " && systemctl daemon-reload"))
        }
    }

    /// Units that bear the product's name and that the release which serves does not have: those of the other slot, as some
    /// release here wrote them, and those that nobody of ours wrote.
    /// - Returns: the names of the former.
    private func findOthers(_ units: Set<String>, _ elsewhere: [String: Set<Digest>]) -> [String] {
        let slices = UnitNames(product: layout.product).slicePrefix
        var ours: [String] = []
        for name in (try? FileSystem.names(in: layout.unitDirectory))?.known ?? [] where !units.contains(name) {
            guard name.hasPrefix("\(layout.product).") || name.hasPrefix(slices) else { continue }
            let path = layout.unit(name)
            if DropInSearch.isDirectory(name) {
                let unit = String(name[..<(name.lastIndex(of: ".") ?? name.endIndex)])
                // Found with its unit; of a unit that is not there it changes nothing yet.
                if !units.contains(unit), ((try? FileSystem.exists(layout.unit(unit))) ?? false) == false {
                    ours.append(unit)
                }
                continue
            }
            let bytes = (try? FileSystem.readAll(path, limit: 1 << 20, followLinks: false)) ?? []
            let known = elsewhere[path.text]
            if known?.contains(.ofBytes(bytes)) == true || (known == nil && UnitText.isOurs(bytes) && isOfSlot(name)) {
                ours.append(name)
            } else {
                sheet.drift(
                    .units, known == nil ? .unexpected : .changed, at: path.text,
                    expected: known == nil ? nil : "what a release here wrote",
                    remedy: "look at it, then: " + PastedCommand.remove(path, then: " && systemctl daemon-reload"))
            }
        }
        return ours
    }

    /// Of a slot that an earlier `bundle` wrote, which kept no digests.
    private func isOfSlot(_ name: String) -> Bool {
        Slot.allCases.contains { name.contains(".\($0.rawValue).") } || name.hasSuffix(".slice")
    }

    private func findDropIns(_ units: some Sequence<String>) {
        for path in (try? DropInSearch(root: layout.root).paths(of: Array(units))) ?? [] {
            let digest = DropInSearch.digest(path)
            let known = knownDropIns?[path.text]
            if known == digest {
                sheet.note(.dropIns, .listed, at: path.text, found: "sha256 \(digest)")
                continue
            }
            sheet.drift(
                .dropIns, known == nil ? .unexpected : .changed, at: path.text,
                expected: known.map { "sha256 \($0)" }, found: "sha256 \(digest)",
                remedy:
                    "the site's own: bundle reconfigure \(layout.product); else: "
                    + PastedCommand.remove(path, then: " && systemctl daemon-reload"))
        }
        for (path, digest) in (knownDropIns ?? [:]).sorted(by: { $0.key < $1.key })
        where ((try? FileSystem.exists(HostPath(path))) ?? false) == false {
            sheet.drift(
                .dropIns, .missing, at: path, expected: "sha256 \(digest)",
                remedy: "put it back; if it went for good: bundle reconfigure \(layout.product)")
        }
    }

    // MARK: - What systemd has read

    /// systemd goes on with what it read; a file that was put back behind its back shows here alone.
    private func findStale(_ units: [String]) async {
        guard !units.isEmpty else { return }
        let command = Command(["systemctl", "show", "--property=Id,NeedDaemonReload", "--"] + units)
        guard let shown = await sheet.ask(command, by: runner, for: .units) else { return }
        var unit = ""
        // Blocks of `Id=`, `NeedDaemonReload=`, in whatever order; an empty line ends each.
        for block in shown.split(separator: "\n\n") {
            let lines = block.split(separator: "\n")
            unit = lines.first { $0.hasPrefix("Id=") }.map { String($0.dropFirst(3)) } ?? ""
            guard lines.contains("NeedDaemonReload=yes"), !isNamed(unit) else { continue }
            sheet.drift(.units, .notLoaded, at: unit, mends: [.reload], unit: unit)
        }
    }

    /// A file or a drop-in of the unit was told already.
    private func isNamed(_ unit: String) -> Bool {
        let directories = DropInSearch.names(of: unit).map { "/\($0)/" }
        return sheet.findings.contains { finding in
            guard finding.weight == .drift, [.units, .dropIns].contains(finding.area) else { return false }
            return HostPath(finding.place).name == unit || directories.contains { finding.place.contains($0) }
        }
    }
}

extension DropInSearch {
    /// `a.service.d`, `a.service.wants`: no unit's own file.
    static func isDirectory(_ name: String) -> Bool {
        [".d", ".wants", ".requires", ".upholds"].contains { name.hasSuffix($0) }
    }
}
