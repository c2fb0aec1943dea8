// SPDX-License-Identifier: Apache-2.0
import Glibc

extension HostFile {
    /// Opens to read what must be a regular file; those of /proc and /sys are. Null, which is empty for ever, counts as one:
    /// systemd.unit(5) masks with a link to it.
    /// - Throws: `IrregularFileError`; `SystemCallError`.
    package static func openRegular(_ path: HostPath, followLinks: Bool = true) throws -> HostFile {
        // Looked at first, as opening alone does something to some devices (a watchdog, a tape). A link that is not to be
        // followed is open(2)'s to refuse.
        var status = stat()
        if (followLinks ? stat(path.text, &status) : lstat(path.text, &status)) == 0,
            status.st_mode & S_IFMT != S_IFLNK, !isPlain(status)
        {
            throw IrregularFileError(path: path.text)
        }
        // O_NONBLOCK: what stands there may have become a pipe by now, and opening one waits for its writer.
        let flags = O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY | (followLinks ? 0 : O_NOFOLLOW)
        let descriptor = Glibc.open(path.text, flags)
        guard descriptor >= 0 else { throw SystemCallError(call: "open", path: path.text, code: errno) }
        let file = HostFile(path: path, descriptor: descriptor)
        guard fstat(descriptor, &status) == 0 else {
            throw SystemCallError(call: "fstat", path: path.text, code: errno)
        }
        guard isPlain(status) else { throw IrregularFileError(path: path.text) }
        return file
    }

    private static func isPlain(_ status: stat) -> Bool {
        // null(4): character device 1, 3
        let isNull = status.st_mode & S_IFMT == S_IFCHR && status.st_rdev == 0x103
        return status.st_mode & S_IFMT == S_IFREG || isNull
    }
}
