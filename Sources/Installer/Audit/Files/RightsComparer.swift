// SPDX-License-Identifier: Apache-2.0
import HostRecords
import HostSystem
import Reporting

/// Looks at who may write around what was signed. A tree that is as signed, in a directory that anybody can write, is
/// another tree a moment later; so are what the host believes, and what it remembers.
struct RightsComparer {
    let layout: HostLayout
    let sheet: AuditSheet
    var owner = FileOwner.root

    /// What may be done about a place.
    private enum Kind {
        /// Ours: made right again.
        case ours
        /// Nobody but root looks into it.
        case secret
        /// Says what is done here: whoever could write it may have, so a person reads it first.
        case word
        /// The host's own.
        case host
    }

    func compare() {
        for path in ["etc", "opt", "var", "var/lib", "usr", "usr/lib"] { look(layout.root / path, .host) }
        look(layout.tool.parent, .host)
        look(layout.tool, .host)
        look(layout.trust.parent, .ours)
        walk(layout.trust, .ours)
        walk(HostLayout.keys(root: layout.root), .secret)
        look(layout.policy, .word)
        compareSite()
        comparePlaces()
        compareRecords()
    }

    private func compareSite() {
        look(layout.site, .ours)
        look(layout.siteValues, .word)
        look(layout.siteHost, .word)
        walk(layout.secrets, .secret)
    }

    /// Down to the trees, links and config, which are compared each by themselves.
    private func comparePlaces() {
        for path in [layout.home, layout.releases, layout.slots, layout.services, layout.data] { look(path, .ours) }
        for name in list(layout.slots) { look(layout.slots / name, .ours) }
        for service in list(layout.services) {
            look(layout.service(service), .ours)
            for place in list(layout.service(service)) { look(layout.place(service, place), .ours) }
        }
    }

    /// Of this product, and what all products share.
    private func compareRecords() {
        look(layout.allRecords, .ours)
        look(layout.auditLog, .ours)
        walk(HostLayout.receipts(root: layout.root), .ours)
        look(layout.records, .ours)
        for name in list(layout.records) {
            let path = layout.records / name
            switch path {
            case layout.staging, layout.operation: look(path, .ours)
            case layout.credentials: look(path, .secret)
            default: walk(path, .ours)
            }
        }
    }

    private func walk(_ path: HostPath, _ kind: Kind) {
        guard look(path, kind) else { return }
        for name in list(path) { walk(path / name, kind) }
    }

    private func list(_ path: HostPath) -> [String] {
        guard (try? FileSystem.status(path))??.kind == .directory else { return [] }
        return ((try? FileSystem.list(path)) ?? []).filter { !$0.hasPrefix(FileSystem.temporaryPrefix) }
    }

    // MARK: - One place

    /// - Returns: whether it is a directory.
    @discardableResult
    private func look(_ path: HostPath, _ kind: Kind) -> Bool {
        // A link is described by what it leads to, which is compared elsewhere or is not ours.
        guard sheet.leads(to: path.parent), let status = (try? FileSystem.status(path)) ?? nil, status.kind != .symlink
        else { return false }
        guard !sheet.names(path.text) else { return status.kind == .directory }
        if status.user != owner.user {
            let kept = FileOwner(user: owner.user, group: status.group)
            sheet.drift(
                .places, .owner, at: path.text, expected: "user \(owner.user)", found: "user \(status.user)",
                remedy: remedy(kind, "chown \(owner.user) \(path)"),
                mends: isOurs(kind) ? [.owner(path, kept), .permissions(path, wanted(status, path, kind))] : [])
        }
        let wanted = wanted(status, path, kind)
        if wanted != status.permissions {
            let who = kind == .secret ? "nobody but its owner may" : "others than root can write here"
            sheet.drift(
                .places, .mode, at: path.text, expected: String(wanted, radix: 8),
                found: "\(String(status.permissions, radix: 8)): \(who)" + (kind == .secret ? " look here" : ""),
                remedy: remedy(kind, "chmod \(String(wanted, radix: 8)) \(path)"),
                mends: isOurs(kind) ? [.permissions(path, wanted)] : [])
        }
        return status.kind == .directory
    }

    private func isOurs(_ kind: Kind) -> Bool { kind == .ours || kind == .secret }

    private func remedy(_ kind: Kind, _ command: String) -> String? {
        switch kind {
        case .ours, .secret: nil
        case .word: "read what it says, which anybody may have written; then: \(command)"
        case .host: command
        }
    }

    /// Those that it has, less what lets others write; of a secret, less what lets others look.
    private func wanted(_ status: FileStatus, _ path: HostPath, _ kind: Kind) -> UInt16 {
        // A public key is for everybody.
        if kind == .secret, !path.name.hasSuffix(".pub") { return status.permissions & ~0o077 }
        // The group of root is root.
        let others: UInt16 = status.group == owner.group ? 0o002 : 0o022
        return status.permissions & others == 0 ? status.permissions : status.permissions & ~0o022
    }
}
