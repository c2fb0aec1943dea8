// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// Files by path: small functions over system calls, each of which either did its work or throws the kernel's reason.
///
/// Trees whose names came from elsewhere are handled through `DirectoryHandle`, which no planted link can lead astray.
package enum FileSystem {
    /// Throws what the last call of this thread left in errno.
    static func failure(_ call: String, _ path: HostPath) -> SystemCallError {
        SystemCallError(call: call, path: path.text, code: errno)
    }

    /// lstat(2).
    /// - Returns: nil when nothing is there.
    package static func status(_ path: HostPath) throws(SystemCallError) -> FileStatus? {
        var raw = stat()
        if lstat(path.text, &raw) == 0 { return FileStatus(raw) }
        if errno == ENOENT || errno == ENOTDIR { return nil }
        throw failure("lstat", path)
    }

    /// Whether a directory entry is there, be it a link that leads nowhere.
    package static func exists(_ path: HostPath) throws(SystemCallError) -> Bool { try status(path) != nil }

    /// Whether it is a directory of this user that nobody else writes into; root may into any.
    package static func isOursAlone(_ path: HostPath) throws(SystemCallError) -> Bool {
        guard let status = try status(path) else { return false }
        return status.kind == .directory && status.user == geteuid() && status.permissions & 0o022 == 0
    }

    /// Reads a whole file, following links.
    /// - Parameter streams: the operator named it for its bytes alone, so a pipe or a terminal will do: /dev/stdin, `<(…)`.
    /// - Throws: EFBIG past `limit` bytes: nobody's file may fill our memory. `IrregularFileError` for what is no regular
    ///   file, unless `streams`: a planted pipe would keep us waiting for ever.
    package static func readAll(
        _ path: HostPath, limit: Int, followLinks: Bool = true, streams: Bool = false
    ) throws -> [UInt8] {
        let file =
            try streams
            ? HostFile.open(path, .read, followLinks: followLinks)
            : HostFile.openRegular(path, followLinks: followLinks)
        return try file.readToEnd(limit: limit)
    }

    /// Names in a directory but `.` and `..`, sorted by their bytes.
    package static func list(_ path: HostPath) throws(SystemCallError) -> [String] {
        try DirectoryHandle.open(path).list()
    }

    /// The text of a symbolic link.
    package static func readLink(_ path: HostPath) throws(SystemCallError) -> String {
        var buffer = [CChar](repeating: 0, count: Int(PATH_MAX))
        let count = readlink(path.text, &buffer, buffer.count)
        guard count >= 0 else { throw failure("readlink", path) }
        return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether this process may write there: access(2), by the real user.
    package static func isWritable(_ path: HostPath) -> Bool { access(path.text, W_OK) == 0 }

    /// Whether this process may run it.
    package static func isExecutable(_ path: HostPath) -> Bool { access(path.text, X_OK) == 0 }

    /// realpath(3): absolute, without links.
    package static func resolve(_ path: HostPath) throws(SystemCallError) -> HostPath {
        guard let resolved = realpath(path.text, nil) else { throw failure("realpath", path) }
        defer { free(resolved) }
        return HostPath(String(cString: resolved))
    }
}
