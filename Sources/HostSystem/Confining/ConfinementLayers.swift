// SPDX-License-Identifier: Apache-2.0

/// What stands between a confined process and the machine; trust §11.2 says what each keeps it from.
package struct ConfinementLayers: OptionSet, Sendable, Hashable {
    package let rawValue: UInt32

    package init(rawValue: UInt32) { self.rawValue = rawValue }

    /// No program that it could start, if it could start one, has more rights than it.
    package static let noNewPrivileges = ConfinementLayers(rawValue: 1 << 0)
    /// A user and a group that nothing of ours belongs to, where the caller is root.
    package static let identity = ConfinementLayers(rawValue: 1 << 1)
    /// A user namespace of its own: a capability that it came by would count for nothing outside.
    package static let users = ConfinementLayers(rawValue: 1 << 2)
    /// Mounts, network, IPC, host name and control groups of its own.
    package static let namespaces = ConfinementLayers(rawValue: 1 << 3)
    /// No other process to be seen.
    package static let processes = ConfinementLayers(rawValue: 1 << 4)
    /// `/` is empty and read-only.
    package static let emptyRoot = ConfinementLayers(rawValue: 1 << 5)
    package static let capabilities = ConfinementLayers(rawValue: 1 << 6)
    package static let limits = ConfinementLayers(rawValue: 1 << 7)
    package static let landlock = ConfinementLayers(rawValue: 1 << 8)
    package static let calls = ConfinementLayers(rawValue: 1 << 9)

    package static let all = ConfinementLayers(rawValue: (1 << 10) - 1)
    /// Without one of these nothing is decoded; every kernel that systemd 247 runs on has them. The others depend on the
    /// kernel and on what a container was allowed.
    package static let indispensable: ConfinementLayers = [.noNewPrivileges, .capabilities, .limits, .calls]

    private static let names: [(ConfinementLayers, String)] = [
        (.noNewPrivileges, "no-new-privileges"), (.identity, "identity"), (.users, "users"),
        (.namespaces, "namespaces"), (.processes, "processes"), (.emptyRoot, "empty-root"),
        (.capabilities, "capabilities"), (.limits, "limits"), (.landlock, "landlock"), (.calls, "calls"),
    ]

    /// Their names, in the order in which they are laid.
    package var names: [String] { ConfinementLayers.names.filter { contains($0.0) }.map(\.1) }

    package init?(name: String) {
        guard let found = ConfinementLayers.names.first(where: { $0.1 == name }) else { return nil }
        self = found.0
    }
}
