// SPDX-License-Identifier: Apache-2.0
package import HostSystem

/// A directory of a test's own, removed at the end of its life.
package final class ScratchDirectory {
    package let path: HostPath

    package init() throws { path = try FileSystem.createTemporaryDirectory() }

    deinit { _ = try? FileSystem.removeTree(path) }

    /// Writes a file anew.
    package func write(_ name: String, _ bytes: [UInt8]) throws -> HostPath {
        let file = path / name
        _ = try FileSystem.remove(file)
        try HostFile.open(file, .create(permissions: 0o600)).write(bytes)
        return file
    }
}
