// SPDX-License-Identifier: Apache-2.0
import Glibc

/// What lstat(2) says of one directory entry; a link is described itself, never its target.
package struct FileStatus: Equatable, Sendable {
    package enum Kind: Equatable, Sendable {
        case file
        case directory
        case symlink
        /// Devices, sockets, pipes: nothing that we ever make.
        case other
    }

    package let kind: Kind
    /// The low twelve bits: permissions, set-id and sticky bits.
    package let permissions: UInt16
    package let user: UInt32
    package let group: UInt32
    package let size: Int64
    package let inode: UInt64
    package let device: UInt64
    package let links: Int
    /// Seconds since 1970.
    package let modified: Int64

    init(_ raw: stat) {
        switch raw.st_mode & S_IFMT {
        case S_IFREG: kind = .file
        case S_IFDIR: kind = .directory
        case S_IFLNK: kind = .symlink
        default: kind = .other
        }
        permissions = UInt16(raw.st_mode & 0o7777)
        user = raw.st_uid
        group = raw.st_gid
        size = Int64(raw.st_size)
        inode = UInt64(raw.st_ino)
        device = UInt64(raw.st_dev)
        links = Int(raw.st_nlink)
        modified = Int64(raw.st_mtim.tv_sec)
    }
}

/// Who owns a file.
package struct FileOwner: Equatable, Sendable {
    package var user: UInt32
    package var group: UInt32

    package init(user: UInt32, group: UInt32) {
        self.user = user
        self.group = group
    }

    package static let root = FileOwner(user: 0, group: 0)
}
