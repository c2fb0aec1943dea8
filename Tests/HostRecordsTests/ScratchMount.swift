// SPDX-License-Identifier: Apache-2.0
import Glibc
import HostSystem

/// A small file system of its own, for what only a full disk shows.
enum ScratchMount {
    /// - Returns: false without root.
    static func mount(_ path: HostPath, size: String) -> Bool {
        Glibc.mount("none", path.text, "tmpfs", 0, "size=\(size)") == 0
    }

    static func unmount(_ path: HostPath) { umount2(path.text, Int32(MNT_DETACH)) }
}
