// SPDX-License-Identifier: Apache-2.0
import HostRecords
import HostSystem

/// What runs that died between writing a file and renaming it left (host-state §1.2): it counts for nothing, but one of them
/// may be a copy of the tool, and an auditor asks what lies among the units. Only under the lock: elsewhere they are being written.
struct LeftTemporaries {
    let layout: HostLayout

    /// What cannot be removed is in nobody's way, and no reason not to recover.
    func remove() {
        for directory in directories { _ = try? FileSystem.removeLeftTemporaries(in: directory) }
    }

    private var directories: [HostPath] {
        let fixed = [
            layout.unitDirectory, layout.sysusersFile.parent, layout.tool.parent, layout.home, layout.allRecords,
            layout.records, layout.credentials, layout.packs, layout.staged,
        ]
        let evidence = below(layout.records / "evidence").flatMap(below)
        return fixed + below(layout.slots) + below(layout.services) + evidence
    }

    private func below(_ directory: HostPath) -> [HostPath] {
        [directory] + ((try? FileSystem.list(directory)) ?? []).map { directory / $0 }
    }
}
