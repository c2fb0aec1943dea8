// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// Takes this process's rights away, for good. It has one thread, was started for this alone and has done nothing yet; its
/// standard input and output are all that it keeps (decision 0063).
package enum Confinement {
    /// Beside what the program itself takes: a decoder's window of at most 96 MiB, a rendered file and its template.
    static let memoryBytes: UInt = 256 << 20
    /// For a process that nobody is left to end. Hours, because one decoder serves a whole release.
    static let processorSeconds: UInt = 4 * 3600

    /// - Parameter wanted: `.all`, but in tests, which see what each layer is good for.
    /// - Returns: which layers stand. It returns in another process than it was called in; the first one waits for it and
    ///   can do nothing else.
    /// - Throws: `SystemCallError` for an indispensable layer. The caller ends then.
    package static func enter(_ wanted: ConfinementLayers) throws(SystemCallError) -> ConfinementLayers {
        var layers: ConfinementLayers = []
        let usedBytes = ownMemory()
        guard bundle_close_from(3) == 0 else { throw failed("close_range") }
        if wanted.contains(.noNewPrivileges) {
            guard bundle_forbid_new_privileges() == 0 else { throw failed("prctl") }
            layers.insert(.noNewPrivileges)
        }
        if wanted.contains(.identity) { layers.formUnion(try becomeNobody()) }
        layers.formUnion(unshare(wanted))
        if wanted.isSuperset(of: [.emptyRoot, .namespaces]), layers.contains(.namespaces), bundle_empty_root() == 0 {
            layers.insert(.emptyRoot)
        }
        if wanted.contains(.capabilities) {
            guard bundle_drop_capabilities() == 0 else { throw failed("capset") }
            layers.insert(.capabilities)
        }
        // Out of the new PID namespace's anteroom: its first child is in it.
        guard bundle_go_on_in_child() == 0 else { throw failed("fork") }
        if wanted.contains(.limits) {
            guard bundle_limit_memory(usedBytes + memoryBytes) == 0, bundle_limit_processor_time(processorSeconds) == 0,
                bundle_limit_to_nothing() == 0
            else { throw failed("setrlimit") }
            layers.insert(.limits)
        }
        if wanted.contains(.landlock), case let version = bundle_landlock_version(), version > 0,
            bundle_deny_paths(version) == 0
        {
            layers.insert(.landlock)
        }
        if wanted.contains(.calls) {
            guard bundle_filter_calls_of_worker() == 0 else { throw failed("seccomp") }
            layers.insert(.calls)
        }
        return layers
    }

    /// The user that owns nothing (the kernel's overflow ID, which every container's mapping of IDs has). It is nobody
    /// else's business to look into: the process is not dumpable, so that others of this user cannot trace it.
    private static let nobody: UInt32 = 65534

    private static func becomeNobody() throws(SystemCallError) -> ConfinementLayers {
        guard geteuid() == 0 else { return .identity }
        if bundle_become_keeping_capabilities(nobody) == 0 { return .identity }
        // Root of a container that has no other users, or may not become one, is root of little.
        guard errno == EINVAL || errno == EPERM else { throw failed("setresuid") }
        return []
    }

    // linux/sched.h
    private static let newUsers: Int32 = 0x1000_0000
    private static let newProcesses: Int32 = 0x2000_0000
    /// Mounts, control groups, host name, IPC, network.
    private static let newOthers: [Int32] = [0x0002_0000, 0x0200_0000, 0x0400_0000, 0x0800_0000, 0x4000_0000]

    /// All at once where users' namespaces are allowed, which is the only way for a caller that is not root; else without
    /// that one.
    static func unshare(_ wanted: ConfinementLayers) -> ConfinementLayers {
        let others = wanted.contains(.namespaces) ? newOthers.reduce(0, |) : 0
        let processes = wanted.contains(.processes) ? newProcesses : 0
        var layers: ConfinementLayers = []
        if others != 0 { layers.insert(.namespaces) }
        if processes != 0 { layers.insert(.processes) }
        guard layers != [] || wanted.contains(.users) else { return [] }
        let (user, group) = (geteuid(), getegid())
        if wanted.contains(.users), bundle_unshare(newUsers | others | processes) == 0 {
            return bundle_map_own_id(user, group) == 0 ? layers.union(.users) : layers
        }
        return others | processes != 0 && bundle_unshare(others | processes) == 0 ? layers : []
    }

    /// statm(5), in bytes: what is mapped already, the program itself above all.
    private static func ownMemory() -> UInt {
        guard let bytes = try? FileSystem.readAll("/proc/self/statm", limit: 256),
            let pages = String(decoding: bytes, as: UTF8.self).split(separator: " ").first.flatMap({ UInt($0) })
        else { return 512 << 20 }
        return pages * UInt(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func failed(_ call: String) -> SystemCallError {
        SystemCallError(call: call, path: "", code: errno)
    }
}
