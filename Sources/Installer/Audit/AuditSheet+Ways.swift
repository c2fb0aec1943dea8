// SPDX-License-Identifier: Apache-2.0
import HostRecords
import HostSystem
import Reporting

/// The directories on the way to what is compared. A link among them would lead both the comparison and a repair to where
/// whoever made it likes, and elsewhere tomorrow (host-state §17.9).
extension AuditSheet {
    /// Whether this directory and all above it, up to the host's root, are real ones; names what is something else, once.
    /// What is missing is told by who misses it.
    func leads(to directory: HostPath) -> Bool {
        if let known = ways[directory.text] { return known }
        guard directory != root, directory.text != "/", directory.text != "." else { return true }
        guard leads(to: directory.parent) else { return false }
        let status = (try? FileSystem.status(directory)) ?? nil
        let isReal = status.map { $0.kind == .directory } ?? true
        ways[directory.text] = isReal
        if let status, !isReal { tell(status, directory) }
        return isReal
    }

    /// What is below is not looked at, and not mended.
    func bar(_ directory: HostPath) { ways[directory.text] = false }

    private func tell(_ status: FileStatus, _ place: HostPath) {
        let area = AuditSheet.area(place.text.dropFirst(root.text == "/" ? 0 : root.text.count))
        let found = status.words(at: place) + "; what is below it was not compared"
        let remedy = "move it away and put the directory itself there"
        // What everything is judged by must not come from elsewhere.
        if area == .state {
            damage(area, .kind, at: place.text, expected: "a directory", found: found, remedy: remedy)
        } else {
            drift(area, .kind, at: place.text, expected: "a directory", found: found, remedy: remedy)
        }
    }

    private static func area(_ text: Substring) -> AuditFinding.Area {
        if text.hasPrefix("/etc/systemd") { return .units }
        if text.hasPrefix("/etc/sysusers.d") { return .account }
        if text.hasPrefix("/etc/bundle") { return .trust }
        if text.hasPrefix("/var") { return .state }
        if text.hasPrefix("/run") { return .traffic }
        return text.hasSuffix("/config") ? .config : text.hasPrefix("/opt") ? .files : .places
    }
}

extension FileStatus {
    /// `a link to /etc`
    func words(at path: HostPath) -> String {
        switch kind {
        case .file: "a file"
        case .directory: "a directory"
        case .symlink: "a link to \((try? FileSystem.readLink(path)) ?? "")"
        case .other: "a device, a socket or a pipe"
        }
    }
}

extension HostLayout {
    /// Directories of ours, whether anything in them is compared or not.
    var audited: [HostPath] {
        [
            home, releases, slots, services, unitDirectory, sysusersFile.parent, site, secrets, trust,
            HostLayout.keys(root: root), history, packs, credentials, records / "evidence", staged, operation,
            HostLayout.receipts(root: root),
        ]
    }
}
