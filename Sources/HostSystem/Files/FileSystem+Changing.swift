// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import CLinux
import Glibc

extension FileSystem {
    /// Begins the name of every temporary file of ours, so that what a crash left can be told from everything else.
    package static let temporaryPrefix = ".bundle-tmp-"

    /// Puts a whole file in place: a temporary beside it is written, synced and renamed over it, then the directory is
    /// synced. A crash leaves the old content or the new one; the temporary is removed when a call fails.
    ///
    /// It is created beside its target and never moved across directories, so that it gets the target's SELinux label.
    package static func write(
        _ bytes: [UInt8], to path: HostPath, permissions: UInt16 = 0o644, owner: FileOwner? = nil
    ) throws {
        try write(to: path, permissions: permissions, owner: owner) { try $0.write(bytes) }
    }

    /// The same of what a source gives to its end.
    package static func write(_ source: HostFile, to path: HostPath, permissions: UInt16) throws {
        try write(to: path, permissions: permissions, owner: nil) { try source.drain(into: $0) }
    }

    private static func write(
        to path: HostPath, permissions: UInt16, owner: FileOwner?, _ fill: (HostFile) throws -> Void
    ) throws {
        let temporary = temporaryBeside(path)
        do {
            let file = try HostFile.open(temporary, .create(permissions: permissions), followLinks: false)
            if let owner { try file.setOwner(owner) }
            // chown(2) clears set-id bits and nothing else; permissions were set before any byte was written.
            try fill(file)
            try file.sync()
            try rename(temporary, to: path)
        } catch {
            unlink(temporary.text)
            throw error
        }
        try syncDirectory(path.parent)
    }

    /// mkdir(2), with these permissions whatever the umask.
    /// - Returns: false when a directory was there; its permissions and owner stay as they were.
    @discardableResult
    package static func createDirectory(_ path: HostPath, permissions: UInt16 = 0o755, owner: FileOwner? = nil)
        throws(SystemCallError) -> Bool
    {
        guard mkdir(path.text, mode_t(permissions)) == 0 else {
            let fault = failure("mkdir", path)
            if fault.code == EEXIST, try status(path)?.kind == .directory { return false }
            throw fault
        }
        try setPermissions(path, permissions)
        if let owner { try setOwner(path, owner) }
        return true
    }

    /// Creates a directory and the missing ones above it, all with the same permissions and owner.
    package static func createDirectories(_ path: HostPath, permissions: UInt16 = 0o755, owner: FileOwner? = nil)
        throws(SystemCallError)
    {
        var raw = stat()
        if stat(path.text, &raw) == 0, raw.st_mode & S_IFMT == S_IFDIR { return }
        if path.parent != path { try createDirectories(path.parent, permissions: permissions, owner: owner) }
        try createDirectory(path, permissions: permissions, owner: owner)
    }

    /// A fresh directory with a random name, mode 0700.
    package static func createTemporaryDirectory(in parent: HostPath = "/tmp") throws(SystemCallError) -> HostPath {
        let path = parent / (temporaryPrefix + randomName())
        guard mkdir(path.text, 0o700) == 0 else { throw failure("mkdir", path) }
        return path
    }

    /// unlink(2): a file or a link.
    /// - Returns: false when nothing was there.
    @discardableResult
    package static func remove(_ path: HostPath) throws(SystemCallError) -> Bool {
        if unlink(path.text) == 0 { return true }
        if errno == ENOENT { return false }
        throw failure("unlink", path)
    }

    /// rmdir(2).
    /// - Returns: false when nothing was there, or when it still holds something.
    @discardableResult
    package static func removeEmptyDirectory(_ path: HostPath) throws(SystemCallError) -> Bool {
        if rmdir(path.text) == 0 { return true }
        if errno == ENOENT || errno == ENOTEMPTY || errno == EEXIST { return false }
        throw failure("rmdir", path)
    }

    /// Removes a directory with all that is in it, or a file, or a link itself. Links are never followed, and other
    /// file systems mounted below are an error (EBUSY), not emptied.
    /// - Returns: false when nothing was there.
    @discardableResult
    package static func removeTree(_ path: HostPath) throws(SystemCallError) -> Bool {
        guard try exists(path) else { return false }
        try DirectoryHandle.open(path.parent).removeTree(path.name)
        return true
    }

    package static func rename(_ old: HostPath, to new: HostPath) throws(SystemCallError) {
        guard Glibc.rename(old.text, new.text) == 0 else { throw failure("rename", old) }
    }

    /// Never replaces: EEXIST when the new name is taken.
    package static func renameNoReplace(_ old: HostPath, to new: HostPath) throws(SystemCallError) {
        guard bundle_rename_noreplace(AT_FDCWD, old.text, AT_FDCWD, new.text) == 0 else {
            throw failure("renameat2", old)
        }
    }

    /// Two files or directories change places in one step: at no moment is either name without one.
    package static func exchange(_ one: HostPath, _ other: HostPath) throws(SystemCallError) {
        guard bundle_rename_exchange(AT_FDCWD, one.text, AT_FDCWD, other.text) == 0 else {
            throw failure("renameat2", one)
        }
    }

    /// Makes `path` a link to `target` in one step, whatever link or file stood there, and syncs the directory.
    ///
    /// Never unlink first: between the two calls there would be no link (`ln -sfn` did that until 2018).
    package static func replaceSymlink(_ path: HostPath, target: String) throws(SystemCallError) {
        let temporary = temporaryBeside(path)
        guard symlink(target, temporary.text) == 0 else { throw failure("symlink", temporary) }
        do {
            try rename(temporary, to: path)
        } catch {
            unlink(temporary.text)
            throw error
        }
        try syncDirectory(path.parent)
    }

    /// chmod(2); follows links.
    package static func setPermissions(_ path: HostPath, _ permissions: UInt16) throws(SystemCallError) {
        guard chmod(path.text, mode_t(permissions)) == 0 else { throw failure("chmod", path) }
    }

    /// utimensat(2): its times become now; of a link its own.
    package static func setModifiedNow(_ path: HostPath) throws(SystemCallError) {
        guard utimensat(AT_FDCWD, path.text, nil, AT_SYMLINK_NOFOLLOW) == 0 else { throw failure("utimensat", path) }
    }

    /// lchown(2): of a link itself.
    package static func setOwner(_ path: HostPath, _ owner: FileOwner) throws(SystemCallError) {
        guard lchown(path.text, owner.user, owner.group) == 0 else { throw failure("lchown", path) }
    }

    /// Removes what a crash between creating and renaming left in one directory.
    /// - Returns: how many were removed.
    @discardableResult
    package static func removeLeftTemporaries(in path: HostPath) throws(SystemCallError) -> Int {
        guard try status(path)?.kind == .directory else { return 0 }
        let directory = try DirectoryHandle.open(path)
        let left = try directory.list().filter { $0.hasPrefix(temporaryPrefix) }
        for name in left { try directory.removeTree(name) }
        return left.count
    }

    static func temporaryBeside(_ path: HostPath) -> HostPath {
        path.parent / (temporaryPrefix + randomName())
    }

    private static func randomName() -> String {
        String(UInt64.random(in: UInt64.min...UInt64.max), radix: 36)
    }
}
