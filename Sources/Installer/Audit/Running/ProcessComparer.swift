// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostRecords
import HostSystem
import Reporting

/// Asks of each service whether it runs, and whether its main process runs a file that was signed: by what the kernel has
/// open, whatever stands at the path by now.
struct ProcessComparer {
    let layout: HostLayout
    let sheet: AuditSheet
    let services: any ServiceManager
    let hash: StreamHash
    /// Digests of the files of the releases that anything runs from.
    let signed: (Digest) -> Bool
    /// The generated text of a unit; nil where it cannot be made today.
    var text: (String) -> String? = { _ in nil }

    /// - Parameter isContainer: those whose main process is the runtime's.
    func compare(_ units: [String], isContainer: (String) -> Bool) async {
        for unit in units {
            let state: UnitState
            do { state = try await services.state(of: unit) } catch {
                sheet.unanswered(.processes, "systemctl show \(unit)", "systemd does not say how it is")
                continue
            }
            guard state.isActive else {
                sheet.drift(
                    .processes, .stopped, at: unit, expected: "active", found: "\(state.active) (\(state.sub))",
                    remedy: "journalctl -u \(unit); systemctl start \(unit)")
                continue
            }
            guard state.mainPID > 0, !isContainer(unit) else { continue }
            compare(state.mainPID, of: unit)
        }
    }

    /// Where programs of the host are, which a unit may well run, or a script of the release be read by.
    private static let hosts = ["/usr/", "/bin/", "/sbin/", "/lib/", "/lib64/", "/nix/store/"]

    private func isOfTheHost(_ path: String, _ unit: String) -> Bool {
        guard let text = text(unit) else { return ProcessComparer.hosts.contains { path.hasPrefix($0) } }
        return NamedPrograms(root: layout.root, unit: text).allow(path)
    }

    private func compare(_ process: Int, of unit: String) {
        let link = layout.root / "proc/\(process)/exe"
        // It may have ended meanwhile.
        guard let text = try? FileSystem.readLink(link),
            let found = try? hash.digest(of: HostFile.open(link, .read))
        else { return }
        sheet.tally.processes += 1
        let isGone = text.hasSuffix(" (deleted)")
        let path = isGone ? String(text.dropLast(" (deleted)".count)) : text
        guard !signed(found), !isOfTheHost(path, unit) else { return }
        sheet.drift(
            .processes, .changed, at: unit, expected: "a file that was signed",
            found: "process \(process) runs \(path)\(isGone ? ", which was replaced since" : ""), sha256 \(found)",
            remedy: "bundle audit \(layout.product) --repair, then: systemctl restart \(unit)")
    }
}
