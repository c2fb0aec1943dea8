// SPDX-License-Identifier: Apache-2.0
import HostRecords
import HostSystem

/// Config files that hold secrets: root's alone, handed over by `LoadCredential=` (host-state §1).
extension Deployment {
    /// Before any unit that names them.
    func writeCredentials() throws {
        guard !rendered.credentials.isEmpty else { return }
        try FileSystem.createDirectory(layout.credentials, permissions: 0o700, owner: .root)
        for (path, bytes) in rendered.credentials.sorted(by: { $0.key < $1.key }) {
            try FileSystem.write(bytes, to: path, permissions: 0o600, owner: .root)
        }
    }

    /// Takes away those that no unit file names: a former slot's stay as long as its units do.
    func removeUnusedCredentials() throws {
        guard try FileSystem.exists(layout.credentials) else { return }
        var texts = ""
        for unit in try FileSystem.list(layout.unitDirectory)
        where unit.hasPrefix("\(layout.product).") && unit.hasSuffix(".service") {
            texts += String(
                decoding: try FileSystem.readAll(layout.unit(unit), limit: 1 << 20, followLinks: false), as: UTF8.self)
        }
        for name in try FileSystem.list(layout.credentials) where !texts.contains((layout.credentials / name).text) {
            try FileSystem.remove(layout.credentials / name)
        }
    }
}
