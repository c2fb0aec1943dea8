// SPDX-License-Identifier: Apache-2.0
import CLinux
import Glibc

/// Changes by single names: no planted link leads them elsewhere.
extension DirectoryHandle {
    /// Opens a directory one name at a time from `root` on. A link in any place of the way ends in ENOTDIR or ELOOP.
    /// - Parameters:
    ///   - root: its own path is the operator's; a path that is not below it begins at `/`.
    ///   - missing: permissions of those that are made on the way; nil makes none.
    package static func open(_ path: HostPath, below root: HostPath, creating missing: UInt16? = nil)
        throws(SystemCallError) -> DirectoryHandle
    {
        let names = root.components(to: path)
        var place = try DirectoryHandle.open(names == nil ? "/" : root)
        for name in names ?? path.text.split(separator: "/") {
            if let missing {
                place = try place.createDirectory(name, permissions: missing)
            } else {
                place = try place.directory(name)
            }
        }
        return place
    }

    /// As `FileSystem.write`: whole or not at all.
    package func write(_ bytes: [UInt8], to name: String, permissions: UInt16, owner: FileOwner) throws {
        let temporary = FileSystem.temporaryBeside(path / name).name
        do {
            let file = try createFile(temporary, permissions: permissions)
            try file.setOwner(owner)
            try file.write(bytes)
            try file.sync()
            try rename(temporary, to: name)
        } catch {
            unlinkat(descriptor, temporary, 0)
            throw error
        }
        try sync()
    }

    /// As `FileSystem.replaceSymlink`.
    package func replaceSymlink(_ name: String, target: String) throws(SystemCallError) {
        let temporary = FileSystem.temporaryBeside(path / name).name
        try createSymlink(temporary, target: target)
        do { try rename(temporary, to: name) } catch {
            unlinkat(descriptor, temporary, 0)
            throw error
        }
        try sync()
    }

    package func rename(_ old: String, to new: String) throws(SystemCallError) {
        guard renameat(descriptor, try single(old), descriptor, try single(new)) == 0 else {
            throw FileSystem.failure("renameat", path / new)
        }
    }

    /// Of a file or a directory; a link is ELOOP, and devices are left alone.
    package func setPermissions(_ name: String, _ permissions: UInt16) throws(SystemCallError) {
        let file = try openPlain(name)
        guard fchmod(file.descriptor, mode_t(permissions)) == 0 else { throw FileSystem.failure("fchmod", file.path) }
    }

    /// lchown(2) of one name.
    package func setOwner(_ name: String, _ owner: FileOwner) throws(SystemCallError) {
        guard fchownat(descriptor, try single(name), owner.user, owner.group, AT_SYMLINK_NOFOLLOW) == 0 else {
            throw FileSystem.failure("fchownat", path / name)
        }
    }

    private func openPlain(_ name: String) throws(SystemCallError) -> HostFile {
        guard let kind = try status(name)?.kind, kind == .file || kind == .directory else {
            throw SystemCallError(call: "openat", path: (path / name).text, code: ELOOP)
        }
        return try openFile(name)
    }
}

extension HostPath {
    /// The names from here down to `path`; nil when it is not below.
    func components(to path: HostPath) -> [Substring]? {
        let (own, other) = (text.split(separator: "/"), path.text.split(separator: "/"))
        return other.starts(with: own) ? Array(other.dropFirst(own.count)) : nil
    }
}
