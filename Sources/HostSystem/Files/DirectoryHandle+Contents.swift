// SPDX-License-Identifier: Apache-2.0
import Glibc

extension DirectoryHandle {
    /// Names but `.` and `..`, sorted by their bytes. A name that is not UTF-8 is an error (EILSEQ): it could not be
    /// named again.
    package func list() throws(SystemCallError) -> [String] {
        let names = try names()
        guard names.odd.isEmpty else { throw SystemCallError(call: "readdir", path: path.text, code: EILSEQ) }
        return names.known
    }

    /// lstat(2) of one name.
    /// - Returns: nil when nothing is there.
    package func status(_ name: some StringProtocol) throws(SystemCallError) -> FileStatus? {
        var raw = stat()
        if fstatat(descriptor, try single(name), &raw, AT_SYMLINK_NOFOLLOW) == 0 { return FileStatus(raw) }
        if errno == ENOENT { return nil }
        throw FileSystem.failure("fstatat", path / name)
    }

    /// Removes a file, a link itself, or a directory with all that is in it. A missing name is fine.
    ///
    /// It never crosses into another file system: a mount point below ends in EBUSY before anything in it is lost.
    package func removeTree(_ name: some StringProtocol) throws(SystemCallError) {
        guard let found = try status(name) else { return }
        var own = stat()
        guard fstat(descriptor, &own) == 0 else { throw FileSystem.failure("fstat", path) }
        guard found.kind == .directory else { return try unlink(name, flags: 0) }
        guard found.device == UInt64(own.st_dev) else {
            throw SystemCallError(call: "unlinkat", path: (path / name).text, code: EBUSY)
        }
        let below = try directory(name)
        for entry in try below.list() { try below.removeTree(entry) }
        try unlink(name, flags: AT_REMOVEDIR)
    }

    private func unlink(_ name: some StringProtocol, flags: Int32) throws(SystemCallError) {
        guard unlinkat(descriptor, try single(name), flags) == 0 || errno == ENOENT else {
            throw FileSystem.failure("unlinkat", path / name)
        }
    }
}
