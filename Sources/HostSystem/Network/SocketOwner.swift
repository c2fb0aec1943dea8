// SPDX-License-Identifier: Apache-2.0

/// A process that holds a socket.
package struct SocketOwner: Equatable, Sendable {
    package let process: Int32
    /// The program's short name (`/proc/PID/comm`).
    package let program: String
    /// Its control group, from which its unit can be read.
    package let controlGroup: String

    package init(process: Int32, program: String, controlGroup: String) {
        self.process = process
        self.program = program
        self.controlGroup = controlGroup
    }

    /// The systemd unit that it runs in, if any: the last component of its control group that is one.
    package var unit: String? {
        controlGroup.split(separator: "/").last { $0.hasSuffix(".service") || $0.hasSuffix(".scope") }.map(String.init)
    }

    /// Finds who holds sockets, by inode. Processes that end meanwhile, and those of others when we are not root, are
    /// left out: the answer is for messages and for telling our own units from strangers.
    package static func find(_ inodes: Set<UInt64>, proc: HostPath = "/proc") -> [UInt64: SocketOwner] {
        var owners: [UInt64: SocketOwner] = [:]
        guard !inodes.isEmpty, let processes = try? FileSystem.list(proc) else { return owners }
        for name in processes {
            guard let process = Int32(name), let descriptors = try? FileSystem.list(proc / name / "fd") else {
                continue
            }
            for descriptor in descriptors {
                guard let link = try? FileSystem.readLink(proc / name / "fd" / descriptor),
                    link.hasPrefix("socket:["), let inode = UInt64(link.dropFirst(8).dropLast()),
                    inodes.contains(inode)
                else { continue }
                owners[inode] = SocketOwner(
                    process: process, program: line(proc / name / "comm"),
                    controlGroup: String(line(proc / name / "cgroup").drop { $0 != "/" }))
            }
        }
        return owners
    }

    private static func line(_ path: HostPath) -> String {
        let bytes = (try? FileSystem.readAll(path, limit: 64 * 1024)) ?? []
        return String(decoding: bytes.prefix { $0 != 0x0a }, as: UTF8.self)
    }
}
