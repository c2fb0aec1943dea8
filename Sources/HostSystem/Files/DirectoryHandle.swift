// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// An open directory; everything is done by single names relative to its descriptor, and no link is followed.
///
/// A planted symbolic link (`a -> /etc`, then `a/passwd`) therefore ends in ELOOP or ENOTDIR instead of in `/etc`, and
/// a directory that is moved while we work stays the one that we opened.
package final class DirectoryHandle {
    package let path: HostPath
    package let descriptor: Int32

    private init(path: HostPath, descriptor: Int32) {
        self.path = path
        self.descriptor = descriptor
    }

    deinit { close(descriptor) }

    private static let openFlags = O_RDONLY | O_DIRECTORY | O_CLOEXEC

    /// Opens by path; links above and at its end are followed, as this is the operator's own path.
    package static func open(_ path: HostPath) throws(SystemCallError) -> DirectoryHandle {
        let descriptor = bundle_openat(AT_FDCWD, path.text, openFlags)
        guard descriptor >= 0 else { throw FileSystem.failure("open", path) }
        return DirectoryHandle(path: path, descriptor: descriptor)
    }

    /// One directory down.
    package func directory(_ name: some StringProtocol) throws(SystemCallError) -> DirectoryHandle {
        let below = path / name
        let found = bundle_openat(descriptor, try single(name), DirectoryHandle.openFlags | O_NOFOLLOW)
        guard found >= 0 else { throw FileSystem.failure("openat", below) }
        return DirectoryHandle(path: below, descriptor: found)
    }

    /// One directory down, made when it is missing.
    package func createDirectory(_ name: some StringProtocol, permissions: UInt16) throws(SystemCallError)
        -> DirectoryHandle
    {
        let made = mkdirat(descriptor, try single(name), mode_t(permissions)) == 0
        guard made || errno == EEXIST else { throw FileSystem.failure("mkdirat", path / name) }
        let below = try directory(name)
        if made, fchmod(below.descriptor, mode_t(permissions)) != 0 {
            throw FileSystem.failure("fchmod", below.path)
        }
        return below
    }

    /// Many directories down, each made when it is missing.
    package func createDirectories(_ names: [Substring], permissions: UInt16) throws(SystemCallError)
        -> DirectoryHandle
    {
        var place = self
        for name in names { place = try place.createDirectory(name, permissions: permissions) }
        return place
    }

    /// A new file (O_EXCL) with these permissions whatever the umask.
    package func createFile(_ name: some StringProtocol, permissions: UInt16) throws(SystemCallError) -> HostFile {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let found = bundle_openat_create(descriptor, try single(name), flags, UInt32(permissions))
        guard found >= 0 else { throw FileSystem.failure("openat", path / name) }
        let file = HostFile(path: path / name, descriptor: found)
        guard fchmod(found, mode_t(permissions)) == 0 else { throw FileSystem.failure("fchmod", file.path) }
        return file
    }

    package func openFile(_ name: some StringProtocol) throws(SystemCallError) -> HostFile {
        // Without O_NONBLOCK, opening a planted FIFO would wait for ever.
        let flags = O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let found = bundle_openat(descriptor, try single(name), flags)
        guard found >= 0 else { throw FileSystem.failure("openat", path / name) }
        return HostFile(path: path / name, descriptor: found)
    }

    package func createSymlink(_ name: some StringProtocol, target: String) throws(SystemCallError) {
        guard symlinkat(target, descriptor, try single(name)) == 0 else {
            throw FileSystem.failure("symlinkat", path / name)
        }
    }

    package func sync() throws(SystemCallError) {
        guard fsync(descriptor) == 0 else { throw FileSystem.failure("fsync", path) }
    }

    /// One name, so that `..` or a `/` in it can never leave this directory.
    func single(_ name: some StringProtocol) throws(SystemCallError) -> String {
        let bad = name.isEmpty || name == "." || name == ".." || name.utf8.contains { $0 == 0x2f || $0 == 0 }
        if bad { throw SystemCallError(call: "openat", path: (path / name).text, code: EINVAL) }
        return String(name)
    }
}
