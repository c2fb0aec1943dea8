// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import HostRecords
import HostSystem

/// The host's own store of packs: what repairs an installation and what a delta builds on. A pack stays as long as a
/// release on disk is made of it.
package struct PackHoldings {
    private let layout: HostLayout

    package init(layout: HostLayout) { self.layout = layout }

    /// Removes packs that no release directory's index names. An index that cannot be read keeps them all.
    package func removeUnused() throws {
        guard try FileSystem.exists(layout.packs) else { return }
        var used: Set<String> = []
        let directories = try FileSystem.exists(layout.releases) ? try FileSystem.list(layout.releases) : []
        for directory in directories {
            let evidence = layout.evidence(directory)
            guard try FileSystem.exists(evidence / PackIndex.name) else { return }
            // Of a delta also the packs that other releases brought.
            used.formUnion(try KeptIndex.read(evidence).packs.map(\.fileName))
        }
        for name in try FileSystem.list(layout.packs) where !used.contains(name) {
            try FileSystem.remove(layout.packs / name)
        }
    }
}
