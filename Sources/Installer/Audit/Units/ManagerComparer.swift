// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Reporting

/// Asks systemd itself what it made each unit of: an alias, and drop-ins of the alias, change a unit that no file of its own
/// name shows. And what it puts into every program's environment.
struct ManagerComparer {
    let layout: HostLayout
    let sheet: AuditSheet
    let runner: any CommandRunner

    func compare(_ units: [String]) async {
        await compareEnvironment()
        guard !units.isEmpty else { return }
        let properties = "Id,Names,FragmentPath,DropInPaths,NeedDaemonReload,LoadState"
        let command = Command(["systemctl", "show", "--property=\(properties)", "--"] + units)
        guard let shown = await sheet.ask(command, by: runner, for: .units) else { return }
        for block in shown.components(between: "\n\n") {
            var fields: [Substring: [String]] = [:]
            for line in block.split(separator: "\n") {
                let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                guard parts.count == 2 else { continue }
                fields[parts[0]] = parts[1].split(separator: " ").map(String.init)
            }
            compare(fields)
        }
    }

    private func compare(_ fields: [Substring: [String]]) {
        guard let unit = fields["Id"]?.first else { return }
        // Of a unit that is not there nothing is in force.
        guard fields["LoadState"] != ["not-found"] else { return }
        for name in fields["Names"] ?? [] where name != unit { alias(name, of: unit) }
        let told = Set(sheet.findings.filter { [.dropIns, .units].contains($0.area) }.flatMap { places($0.place) })
        for path in fields["DropInPaths"] ?? [] where told.isDisjoint(with: places(path)) {
            sheet.drift(
                .dropIns, .unexpected, at: path, expected: "none of \(unit) by another name",
                found: "sha256 \(DropInSearch.digest(HostPath(path)))",
                remedy: PastedCommand.remove(HostPath(path), then: " && systemctl daemon-reload"))
        }
        // A file that came or went since is told as not loaded.
        guard let fragment = fields["FragmentPath"]?.first, fields["NeedDaemonReload"] != ["yes"],
            places(fragment).isDisjoint(with: places(layout.unit(unit).text)),
            told.isDisjoint(with: places(fragment)), !sheet.names(layout.unit(unit).text)
        else { return }
        sheet.drift(
            .units, .unexpected, at: fragment, expected: "\(layout.unit(unit)) to be the unit",
            remedy: "look at it, then: "
                + PastedCommand.remove(HostPath(fragment), then: " && systemctl daemon-reload"))
    }

    private func alias(_ name: String, of unit: String) {
        let path = layout.unit(name)
        guard !sheet.names(path.text), !sheet.names(name) else { return }
        let isThere = ((try? FileSystem.status(path)) ?? nil) != nil
        sheet.drift(
            .units, .unexpected, at: isThere ? path.text : name, expected: "\(unit) to have no other name",
            remedy: isThere
                ? PastedCommand.remove(path, then: " && systemctl daemon-reload")
                : "find the link by systemctl cat, remove it, then: systemctl daemon-reload")
    }

    /// As it is written, and without links: /lib may be /usr/lib.
    private func places(_ text: String) -> Set<String> {
        [text, (try? FileSystem.resolve(HostPath(text)).text) ?? text]
    }

    /// ld.so(8): by these, any program of the host runs somebody else's library first.
    private func compareEnvironment() async {
        let command = Command(["systemctl", "show-environment"])
        guard let shown = await sheet.ask(command, by: runner, for: .units) else { return }
        for line in shown.split(separator: "\n") {
            let parts = line.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, ["LD_PRELOAD", "LD_LIBRARY_PATH", "LD_AUDIT"].contains(parts[0]) else { continue }
            sheet.drift(
                .units, .unexpected, at: "systemd's environment, \(parts[0])", found: String(parts[1]),
                remedy: "find out who set it, then: systemctl unset-environment \(parts[0]), and restart the units")
        }
    }
}

extension String {
    fileprivate func components(between separator: String) -> [Substring] {
        var parts: [Substring] = []
        var rest = Substring(self)
        while let range = rest.firstRange(of: separator) {
            parts.append(rest[..<range.lowerBound])
            rest = rest[range.upperBound...]
        }
        return parts + [rest]
    }
}
