// SPDX-License-Identifier: Apache-2.0

/// One line of passwd(5).
package struct Account: Equatable, Sendable {
    package let name: String
    package let user: UInt32
    package let group: UInt32
    package let home: String
    package let shell: String
}

/// One line of group(5).
package struct AccountGroup: Equatable, Sendable {
    package let name: String
    package let group: UInt32
}

/// Users and groups straight from the files: the tool is static, and glibc's NSS needs libraries that it would have to
/// load from the host. Service users are local by construction (sysusers.d), so nothing is missed that matters.
package struct Accounts: Equatable, Sendable {
    package let accounts: [Account]
    package let groups: [AccountGroup]

    package init(passwd: String, group: String) {
        accounts = Accounts.lines(passwd, fields: 7).compactMap { line in
            guard let user = UInt32(line[2]), let group = UInt32(line[3]) else { return nil }
            return Account(
                name: String(line[0]), user: user, group: group, home: String(line[5]), shell: String(line[6]))
        }
        groups = Accounts.lines(group, fields: 4).compactMap { line in
            UInt32(line[2]).map { AccountGroup(name: String(line[0]), group: $0) }
        }
    }

    /// Reads `etc/passwd` and `etc/group` below a root.
    package static func read(root: HostPath = "/") throws -> Accounts {
        let texts = try ["etc/passwd", "etc/group"].map {
            String(decoding: try FileSystem.readAll(root / $0, limit: 16 << 20), as: UTF8.self)
        }
        return Accounts(passwd: texts[0], group: texts[1])
    }

    package func account(_ name: String) -> Account? { accounts.first { $0.name == name } }
    package func account(user: UInt32) -> Account? { accounts.first { $0.user == user } }
    package func group(_ name: String) -> AccountGroup? { groups.first { $0.name == name } }

    /// nil when there is no such user.
    package func userID(named name: String) -> UInt32? { account(name)?.user }
    /// nil when there is no such group.
    package func groupID(named name: String) -> UInt32? { group(name)?.group }

    private static func lines(_ text: String, fields: Int) -> [[Substring]] {
        text.split(separator: "\n").map { $0.split(separator: ":", omittingEmptySubsequences: false) }
            .filter { $0.count == fields }
    }
}
