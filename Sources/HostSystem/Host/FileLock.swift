// SPDX-License-Identifier: Apache-2.0
import Glibc

/// Who holds the lock, as it said itself: for people, never for a decision. The kernel's lock decides.
package struct LockHolder: Equatable, Sendable {
    package let process: Int32
    package let bootID: String
    package let verb: String

    package init(process: Int32, bootID: String, verb: String) {
        self.process = process
        self.bootID = bootID
        self.verb = verb
    }

    var text: String { "pid \(process)\nboot \(bootID)\nverb \(verb)\n" }

    init?(_ text: String) {
        var fields: [Substring: String] = [:]
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: " ", maxSplits: 1)
            if parts.count == 2 { fields[parts[0]] = String(parts[1]) }
        }
        guard let process = fields["pid"].flatMap({ Int32($0) }), let boot = fields["boot"], let verb = fields["verb"]
        else { return nil }
        self.init(process: process, bootID: boot, verb: verb)
    }
}

package enum LockError: Error, Equatable, Sendable {
    /// Another process holds it; nil when it has not said who it is yet.
    case held(path: HostPath, by: LockHolder?)
}

/// One writer at a time: flock(2) on a file, held until this object goes.
///
/// The kernel drops it when the process dies, however it dies, so a lock is never stale and never removed. Programs
/// that we start do not inherit it (O_CLOEXEC).
package final class FileLock {
    private let file: HostFile

    private init(file: HostFile) { self.file = file }

    /// Who holds it now; nil when nobody does. Asks `/proc/locks` (proc(5)): trying to take the lock, however briefly,
    /// could turn somebody else away.
    package static func holder(_ path: HostPath, proc: HostPath = "/proc") -> LockHolder? {
        guard let status = try? FileSystem.status(path),
            let table = try? FileSystem.readAll(proc / "locks", limit: 16 << 20)
        else { return nil }
        // `1: FLOCK  ADVISORY  WRITE 4711 00:1a:1234 0 EOF`; major and minor in hexadecimal, from st_dev by makedev(3).
        let major = status.device >> 8 & 0xfff
        let minor = status.device & 0xff | status.device >> 12 & 0xfff00
        let held = String(decoding: table, as: UTF8.self).split(separator: "\n").contains { line in
            let fields = line.split(separator: " ")
            guard fields.count > 5, fields[1] == "FLOCK", fields[3] == "WRITE" else { return false }
            let numbers = fields[5].split(separator: ":")
            return numbers.count == 3 && UInt64(numbers[0], radix: 16) == major
                && UInt64(numbers[1], radix: 16) == minor && UInt64(numbers[2]) == status.inode
        }
        guard held, let bytes = try? FileSystem.readAll(path, limit: 4096, followLinks: false) else { return nil }
        return LockHolder(String(decoding: bytes, as: UTF8.self))
    }

    /// Takes it or throws at once; never waits. The directory must exist.
    package static func acquire(_ path: HostPath, holder: LockHolder) throws -> FileLock {
        let file = try HostFile.open(path, .update(permissions: 0o644), followLinks: false)
        while flock(file.descriptor, LOCK_EX | LOCK_NB) != 0 {
            switch errno {
            case EINTR: continue
            case EWOULDBLOCK:
                let text = (try? FileSystem.readAll(path, limit: 4096)).map { String(decoding: $0, as: UTF8.self) }
                throw LockError.held(path: path, by: text.flatMap(LockHolder.init))
            default: throw SystemCallError(call: "flock", path: path.text, code: errno)
            }
        }
        // For people only: a full /run must not keep recovery from its work.
        try? file.truncate(to: 0)
        try? file.write(holder.text)
        return FileLock(file: file)
    }
}
