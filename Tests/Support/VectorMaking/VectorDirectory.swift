// SPDX-License-Identifier: Apache-2.0
package import HostSystem

/// `Tests/Vectors` on disk.
package struct VectorDirectory {
    package let path: HostPath
    private static let made = ["bundles", "keys", "signatures", "roots", "documents", "common"]

    package init(_ path: HostPath) { self.path = path }

    package func write() throws {
        for name in VectorDirectory.made {
            _ = try FileSystem.removeTree(path / name)
            try FileSystem.createDirectories(path / name)
        }
        for (name, bytes) in try VectorSet.files() { try FileSystem.write(bytes, to: path / name, permissions: 0o644) }
    }

    /// The names of all files that are made here, as they lie on disk.
    package func list() throws -> [String] {
        try VectorDirectory.made.flatMap { name in try FileSystem.list(path / name).map { "\(name)/\($0)" } }.sorted()
    }
}
