// SPDX-License-Identifier: Apache-2.0
import HostSystem

/// What strace saw of one process.
struct StraceLog {
    struct Change {
        let name: String
        let number: Int
        /// The path below the host, random parts left out.
        let about: String
    }

    /// Faults strike one thread: a number counts among its calls alone.
    struct SeveralThreads: Error { let found: Int }

    private(set) var calls: [StraceCall] = []

    init(_ path: HostPath) throws {
        let text = String(decoding: try FileSystem.readAll(path, limit: 1 << 30), as: UTF8.self)
        var numbers: [String: Int] = [:]
        for line in text.split(separator: "\n") {
            if line.hasPrefix("@ "), !calls.isEmpty { calls[calls.count - 1].site = String(line.dropFirst(2)) }
            guard var call = StraceCall(line) else { continue }
            numbers[call.name, default: 0] += 1
            call.number = numbers[call.name, default: 0]
            calls.append(call)
        }
    }

    /// The calls that change the host, or files of the verb's own elsewhere; none of the fakes', none that only reads.
    func changes(below place: HostPath) throws -> [Change] {
        let changing = calls.filter { $0.changes }
        let found = changing.compactMap { call -> Change? in
            guard let path = call.subject, !path.text.hasPrefix("/dev/"), path.isAbsolute else { return nil }
            let host = (place / "host").text
            // systemd-sysusers and userdel are fakes here: this is what they write.
            if path.parent.text == host + "/etc" || path.text == host + "/etc" { return nil }
            if path.text.hasPrefix(place.text), !path.text.hasPrefix(host) { return nil }
            return Change(name: call.name, number: call.number, about: path.withoutRandomness(below: host))
        }
        let threads = Set(changing.map(\.thread)).count
        guard threads <= 1 else { throw SeveralThreads(found: threads) }
        return found
    }
}

extension StraceCall {
    fileprivate var changes: Bool {
        name != "openat" || !flags(2).isDisjoint(with: ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC"])
    }

    /// What it is about: of a rename, the new name.
    var subject: HostPath? {
        switch name {
        case "openat", "mkdirat", "unlinkat", "fchmodat", "fchownat": path(1, in: 0)
        case "rename", "link": path(1)
        case "renameat", "renameat2", "linkat": path(3, in: 2)
        case "symlink": path(1)
        case "symlinkat": path(2, in: 1)
        case "mkdir", "unlink", "rmdir", "chmod", "chown", "lchown", "truncate": path(0)
        default: place(0)
        }
    }
}

extension HostPath {
    /// Below `host`, with `*` for what is another text each time.
    func withoutRandomness(below host: String) -> String {
        var segments = text.dropFirst(text.hasPrefix(host) ? host.count + 1 : 0).split(separator: "/").map(String.init)
        for (index, name) in segments.enumerated() {
            if name.hasPrefix(FileSystem.temporaryPrefix) { segments[index] = FileSystem.temporaryPrefix + "*" }
            if let dash = name.lastIndex(of: "-"), name[dash...].count == 13 {
                segments[index] = name[..<dash] + "-*"
            } else if name.count >= 12, name.allSatisfy({ $0.isHexDigit || $0 == "." }) || name.count > 60 {
                segments[index] = "*"
            }
        }
        return segments.joined(separator: "/")
    }
}
