// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// A control group of the unified hierarchy (cgroups(7)): what systemd puts one unit's processes into.
package struct ControlGroup: Equatable, Sendable {
    package let path: HostPath

    package init(path: HostPath) { self.path = path }

    /// Where this process is; of a hybrid hierarchy, the unified part.
    /// - Throws: `SystemCallError` with ENOENT where the kernel has no unified hierarchy.
    package static func own() throws -> ControlGroup {
        guard let root = try mount() else {
            throw SystemCallError(call: "cgroup2", path: "/sys/fs/cgroup", code: ENOENT)
        }
        let text = String(decoding: try FileSystem.readAll("/proc/self/cgroup", limit: 1 << 16), as: UTF8.self)
        guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }) else {
            throw SystemCallError(call: "cgroup2", path: "/proc/self/cgroup", code: ENOENT)
        }
        let group = ControlGroup(path: root / String(line.dropFirst("0::/".count)))
        // Where systemd puts the commands around a unit's main process when the unit's group is delegated.
        return group.path.text.hasSuffix("/.control") ? group.parent : group
    }

    /// The group that it is in: a unit's slice.
    package var parent: ControlGroup { ControlGroup(path: path.parent) }

    /// Below the hierarchy's mount: `/system.slice/NAME.service`.
    /// - Throws: what `mount` throws.
    package func name() throws -> String {
        let root = try ControlGroup.mount()?.text ?? ""
        return path.text.hasPrefix(root) ? String(path.text.dropFirst(root.count)) : path.text
    }

    /// Where the unified hierarchy is mounted; nil on a host that has only the old ones.
    package static func mount() throws -> HostPath? {
        try ["/sys/fs/cgroup", "/sys/fs/cgroup/unified"].map { HostPath($0) }
            .first { try FileSystem.exists($0 / "cgroup.procs") && FileSystem.exists($0 / "cgroup.controllers") }
    }

    /// Attaches a set of programs; those of the same name that an earlier start left are taken away. They stay as long as
    /// the control group, whoever ends.
    /// - Parameter name: at most 15 bytes.
    package func attach(_ programs: [SocketProgram], name: String) throws {
        let directory = try DirectoryHandle.open(path)
        let number = bundle_bpf_number(name)
        guard number >= 0 else { throw failure("bpf map") }
        defer { close(number) }
        for program in programs {
            let loaded = try load(program, name: name, number: number)
            defer { close(loaded) }
            let former = try attached(to: directory, program.hook, name: name)
            defer { former.forEach { close($0) } }
            guard bundle_bpf_attach(directory.descriptor, loaded, program.hook.rawValue) == 0 else {
                throw failure("bpf attach")
            }
            for old in former where bundle_bpf_detach(directory.descriptor, old, program.hook.rawValue) != 0 {
                throw failure("bpf detach")
            }
        }
    }

    private func load(_ program: SocketProgram, name: String, number: Int32) throws(SystemCallError) -> Int32 {
        var instructions = program.instructions
        // The upper half of an instruction is the number that it carries (linux/bpf.h, struct bpf_insn).
        for place in program.shares {
            instructions[place] = instructions[place] & 0xffff_ffff | UInt64(UInt32(bitPattern: number)) << 32
        }
        let loaded = instructions.withUnsafeBytes {
            bundle_bpf_load(program.hook.rawValue, $0.baseAddress, UInt32(instructions.count), name)
        }
        guard loaded >= 0 else { throw failure("bpf load") }
        return loaded
    }

    /// Open descriptors of the programs of that name at one hook.
    private func attached(to directory: DirectoryHandle, _ hook: SocketProgram.Hook, name: String)
        throws(SystemCallError) -> [Int32]
    {
        // The kernel attaches at most 64 (BPF_CGROUP_MAX_PROGS).
        var ids = [UInt32](repeating: 0, count: 64)
        var count = UInt32(ids.count)
        guard bundle_bpf_attached(directory.descriptor, hook.rawValue, &ids, &count) == 0 else {
            throw failure("bpf query")
        }
        var found: [Int32] = []
        for id in ids.prefix(Int(count)) {
            var bytes = [CChar](repeating: 0, count: 16)
            let program = bundle_bpf_open(id, &bytes)
            guard program >= 0 else { continue }
            let text = String(decoding: bytes.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            if text == name { found.append(program) } else { close(program) }
        }
        return found
    }

    private func failure(_ call: String) -> SystemCallError {
        SystemCallError(call: call, path: path.text, code: errno)
    }
}
