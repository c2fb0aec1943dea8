// SPDX-License-Identifier: Apache-2.0

/// What a service may be let off by name, each for one kind of program (`sandbox.allow`); `docs/decisions/0020-units.md`
/// says which directives each one touches.
package enum SandboxException: String, Codable, Sendable, CaseIterable {
    /// Memory that is written and then executed: just-in-time compilers.
    case writeExecute = "write-execute"
    /// Namespaces of its own: bwrap, browsers.
    case userNamespaces = "user-namespaces"
    /// All of `/proc`: programs that measure the host.
    case proc
    /// AF_NETLINK: programs that list network interfaces.
    case netlink
    /// Its own limits, priorities and processor affinity: databases.
    case resources
    /// Real-time scheduling.
    case realtime
    /// Users of the host as they are, not squashed to one.
    case hostUsers = "host-users"
    /// Devices of the host.
    case devices
    /// Home directories, read-only.
    case home
}
