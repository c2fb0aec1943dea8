// SPDX-License-Identifier: Apache-2.0
package import BundleFormat

/// The sandbox of a program's unit: what a profile shuts off, less the exceptions that the release names. Only
/// directives that systemd 247 knows. Each figure was measured with `systemd-analyze security` (decision 0020).
package struct Hardening: Equatable, Sendable {
    package struct Directive: Equatable, Sendable {
        package let name: String
        package let value: String
    }

    package let directives: [Directive]

    /// - Throws: `UnitError.unknownException`; a name that nobody knows must not pass as one that was granted.
    package init(_ sandbox: Sandbox, unit: String) throws(UnitError) {
        var allowed = Set<SandboxException>()
        for name in sandbox.allow {
            guard let exception = SandboxException(rawValue: name) else {
                throw .unknownException(unit: unit, name: name)
            }
            allowed.insert(exception)
        }
        if sandbox.profile == .jit { allowed.insert(.writeExecute) }
        let lines =
            sandbox.profile == .legacy
            ? Hardening.legacy(allowed) : Hardening.always(allowed) + Hardening.strict(allowed)
        directives = lines.map { Directive(name: $0.0, value: $0.1) }
    }

    private typealias Lines = [(String, String)]

    /// What no program that serves requests misses.
    private static func always(_ allowed: Set<SandboxException>) -> Lines {
        [
            ("NoNewPrivileges", "yes"), ("CapabilityBoundingSet", ""), ("AmbientCapabilities", ""),
            ("ProtectSystem", "strict"), ("ProtectHome", allowed.contains(.home) ? "read-only" : "yes"),
            ("PrivateTmp", "yes"), ("ProtectHostname", "yes"), ("ProtectClock", "yes"),
            ("ProtectKernelModules", "yes"), ("ProtectControlGroups", "yes"), ("RestrictSUIDSGID", "yes"),
            ("RemoveIPC", "yes"), ("KeyringMode", "private"),
        ]
    }

    private static func strict(_ allowed: Set<SandboxException>) -> Lines {
        var lines: Lines = [("UMask", "0077")]
        if !allowed.contains(.devices) { lines += [("PrivateDevices", "yes"), ("DevicePolicy", "closed")] }
        if !allowed.contains(.hostUsers) { lines.append(("PrivateUsers", "yes")) }
        // A namespace's own /proc can only be mounted where nothing of the outer one is covered (bwrap --proc).
        if !allowed.contains(.userNamespaces) {
            lines += [("ProtectKernelTunables", "yes"), ("ProtectKernelLogs", "yes"), ("RestrictNamespaces", "yes")]
            if !allowed.contains(.proc) { lines += [("ProtectProc", "invisible"), ("ProcSubset", "pid")] }
        }
        if !allowed.contains(.realtime) { lines.append(("RestrictRealtime", "yes")) }
        if !allowed.contains(.writeExecute) { lines.append(("MemoryDenyWriteExecute", "yes")) }
        let families = "AF_INET AF_INET6 AF_UNIX" + (allowed.contains(.netlink) ? " AF_NETLINK" : "")
        lines += [
            ("RestrictAddressFamilies", families), ("LockPersonality", "yes"), ("SystemCallArchitectures", "native"),
        ]
        return lines + systemCalls(allowed)
    }

    private static func systemCalls(_ allowed: Set<SandboxException>) -> Lines {
        var lines: Lines = [("SystemCallFilter", "@system-service")]
        let ownLimits = allowed.contains(.resources) || allowed.contains(.realtime)
        lines.append(("SystemCallFilter", ownLimits ? "~@privileged" : "~@privileged @resources"))
        if allowed.contains(.userNamespaces) {
            lines.append(("SystemCallFilter", "@mount @chown sethostname setns unshare"))
        }
        // A program told "no" carries on; one that is killed for trying takes its requests with it.
        return lines + [("SystemCallErrorNumber", "EPERM")]
    }

    /// For programs that nobody can change: no new privileges and a read-only system, but their own old habits.
    private static func legacy(_ allowed: Set<SandboxException>) -> Lines {
        always(allowed) + [("UMask", "0027"), ("ProtectKernelTunables", "yes"), ("ProtectKernelLogs", "yes")]
    }
}
