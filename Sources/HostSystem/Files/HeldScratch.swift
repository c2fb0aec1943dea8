// SPDX-License-Identifier: Apache-2.0
import Glibc

/// A directory for work under way, beside its result. The kernel knows that it is in use, by a lock on the directory
/// itself (flock(2)), so that whoever works there next can tell what a killed process left from what another is busy
/// with.
package final class HeldScratch {
    package let path: HostPath
    /// Its descriptor is the lock's.
    private let handle: DirectoryHandle

    private init(_ handle: DirectoryHandle) {
        self.handle = handle
        path = handle.path
    }

    /// A fresh one, and away with those that nobody holds any more.
    package static func create(in parent: HostPath) throws -> HeldScratch {
        sweep(parent)
        // Somebody who sweeps may take it away between mkdir and flock: then another one.
        for _ in 0..<100 {
            let path = try FileSystem.createTemporaryDirectory(in: parent)
            guard let handle = try? DirectoryHandle.open(path), isFree(handle), try FileSystem.exists(path) else {
                continue
            }
            return HeldScratch(handle)
        }
        throw SystemCallError(call: "mkdir", path: parent.text, code: EAGAIN)
    }

    package func remove() throws { try FileSystem.removeTree(path) }

    /// What cannot be removed (another user's) stays; it is in nobody's way.
    private static func sweep(_ parent: HostPath) {
        for name in (try? FileSystem.list(parent)) ?? [] where name.hasPrefix(FileSystem.temporaryPrefix) {
            let path = parent / name
            guard (try? FileSystem.status(path))??.kind == .directory, let handle = try? DirectoryHandle.open(path),
                takes(handle)
            else { continue }
            _ = try? FileSystem.removeTree(path)
        }
    }

    /// Takes the lock. A file system without locks (some network ones) says no: nothing is swept there.
    private static func takes(_ handle: DirectoryHandle) -> Bool { flock(handle.descriptor, LOCK_EX | LOCK_NB) == 0 }

    private static func isFree(_ handle: DirectoryHandle) -> Bool { takes(handle) || errno != EWOULDBLOCK }
}
