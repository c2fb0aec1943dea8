// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import HostRecords
import HostSystem

/// Takes away what a staging that died left: packs half copied, trees half built, trees that nothing names. Runs under
/// the lock, and never while an operation is open: its journal may name what the record does not.
package struct StagingSweep {
    private let layout: HostLayout

    package init(layout: HostLayout) { self.layout = layout }

    /// - Returns: the release directories that went.
    @discardableResult
    package func run() throws -> [String] {
        guard try !FileSystem.exists(layout.journal) else { return [] }
        try FileSystem.removeTree(layout.staging)
        guard try FileSystem.status(layout.releases)?.kind == .directory else { return [] }
        let named = try named()
        let gone = try FileSystem.list(layout.releases).filter { !named.contains($0) }
        for name in gone {
            try StagedReleases(layout: layout).remove(name)
            try FileSystem.removeTree(layout.release(name))
            // A tree that is half built has a name of its own and no evidence. That of what was ever called good stays,
            // though a `prune` that died left its directory.
            if !name.hasPrefix(".") { try KeptEvidence(layout: layout, directory: name).removeUnlessForEver() }
        }
        guard !gone.isEmpty else { return [] }
        try PackHoldings(layout: layout).removeUnused()
        // Where nothing ever served, their place was made for them. A mount point stays, and what others put there.
        if try StateStore(layout: layout).load() == nil {
            for directory in [layout.releases, layout.home] { _ = try? FileSystem.removeEmptyDirectory(directory) }
        }
        return gone
    }

    /// Directories of releases that the record or a marker names.
    func named() throws -> Set<String> {
        var named = Set(try StagedReleases(layout: layout).list().map(\.directory))
        if let record = try StateStore(layout: layout).load() {
            named.formUnion(record.releases.map(\.directory))
            named.formUnion(record.recreate.values.map(\.directory))
            named.formUnion(
                [record.active?.directory, record.previous?.directory, record.ready?.directory].compactMap(\.self))
        }
        return named
    }
}
