// SPDX-License-Identifier: Apache-2.0
import HostRecords
import HostSystem
import Reporting

/// The user that all services of the product run as: what sysusers.d(5) says, and what the host has.
struct AccountComparer {
    let layout: HostLayout
    let sheet: AuditSheet
    var owner = FileOwner.root

    func compare(_ texts: TextComparison) {
        let names = UnitNames(product: layout.product)
        texts.compare(
            .account, layout.sysusersFile, says: Array(names.sysusersText.utf8), permissions: 0o644, owner: owner,
            then: [.account])
        guard let accounts = try? Accounts.read(root: layout.root) else { return }
        guard let account = accounts.account(layout.user) else {
            sheet.drift(.account, .missing, at: layout.user, expected: "a system user", mends: [.account])
            return
        }
        let found = "uid \(account.user), home \(account.home), shell \(account.shell)"
        if account.user == 0 || account.shell != "/usr/sbin/nologin" || account.home != "/" {
            sheet.drift(
                .account, .changed, at: layout.user, expected: "a system user, home /, shell /usr/sbin/nologin",
                found: found, remedy: "usermod --home / --shell /usr/sbin/nologin \(layout.user)")
        }
        for other in accounts.accounts where other.user == account.user && other.name != account.name {
            sheet.drift(
                .account, .unexpected, at: other.name, expected: "no other user of uid \(account.user)",
                remedy: "find out who made it; it owns what \(layout.user) owns")
        }
        let groups = memberships()
        if !groups.isEmpty {
            sheet.drift(
                .account, .changed, at: layout.user, expected: "no group but its own",
                found: "a member of \(groups.joined(separator: ", "))",
                remedy: "gpasswd --delete \(layout.user) \(groups[0])")
        }
    }

    /// group(5): NAME:PASSWORD:GID:MEMBERS.
    private func memberships() -> [String] {
        let path = layout.root / "etc/group"
        let text = (try? FileSystem.readAll(path, limit: 16 << 20)).map { String(decoding: $0, as: UTF8.self) } ?? ""
        return text.split(separator: "\n").compactMap { line in
            let fields = line.split(separator: ":", omittingEmptySubsequences: false)
            guard fields.count == 4, fields[3].split(separator: ",").contains(Substring(layout.user)),
                fields[0] != layout.user
            else { return nil }
            return String(fields[0])
        }
    }
}
