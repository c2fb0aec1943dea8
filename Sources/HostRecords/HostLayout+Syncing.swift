// SPDX-License-Identifier: Apache-2.0
import HostSystem

extension HostLayout {
    /// Makes safe that names came and went (host-state §3.7): a file that was taken away may else be back after a power cut,
    /// when nothing is open any more that would take it away again.
    package func syncNames() throws {
        let kept = [records, packs, credentials, staged, records / "evidence"]
        let parents = [unitDirectory, sysusersFile.parent, home.parent, home, releases, slots, services, data.parent]
        for directory in kept + parents where try isDirectory(directory) { try FileSystem.syncDirectory(directory) }
        for above in [slots, services] where try isDirectory(above) {
            for name in try FileSystem.list(above) where try isDirectory(above / name) {
                try FileSystem.syncDirectory(above / name)
            }
        }
    }

    private func isDirectory(_ path: HostPath) throws -> Bool { try FileSystem.status(path)?.kind == .directory }
}
