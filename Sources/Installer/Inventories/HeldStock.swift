// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostRecords
package import HostSystem
package import Reporting

/// What a host holds of a product, for an inventory (host-state §18.7). Packs are hashed again; what is damaged is not there.
package struct HeldStock: Sendable {
    package let releases: [Inventory.Release]
    package let contents: [Digest: Int64]
    package let floor: Version?

    package static func gather(_ layout: HostLayout) throws -> HeldStock {
        let store = StateStore(layout: layout)
        let record = try store.load()
        var found: [Digest: Inventory.Release] = [:]
        for staged in try StagedReleases(layout: layout).list() {
            found[staged.digest] = Inventory.Release(
                version: staged.version, digest: staged.digest, standing: .staged)
        }
        for release in record?.releases ?? [] where release.state == .good {
            found[release.digest] = Inventory.Release(
                version: release.version, digest: release.digest, standing: .installed)
        }
        if let active = record?.active {
            found[active.digest] = Inventory.Release(
                version: active.version, digest: active.digest, standing: .active)
        }
        return HeldStock(
            releases: Array(found.values), contents: try HeldContentSearch([], layout: layout).everything(),
            floor: try record?.floor ?? store.remembered()?.floor)
    }

    /// What this machine is, as far as a plan elsewhere can use it.
    package static func describe(_ inventory: inout Inventory, _ layout: HostLayout, _ runner: any CommandRunner)
        async throws
    {
        inventory.systemd = await HostFacts.systemdVersion(runner)
        inventory.nft = await HostFacts.nftVersion(runner)?.map(String.init).joined(separator: ".")
        for place in SystemCommandRunner.searchPath {
            guard let names = try? FileSystem.list(HostPath(place)) else { continue }
            inventory.commands.formUnion(
                names.filter { Inventory.isCommand($0) && FileSystem.isExecutable(HostPath(place) / $0) })
        }
        let opt = try FileSystem.volume(layout.releases)
        let records = try FileSystem.volume(layout.records)
        inventory.rooms =
            opt.id == records.id
            ? [Inventory.Room(bytes: opt.freeBytes, places: [.opt, .var])]
            : [
                Inventory.Room(bytes: opt.freeBytes, places: [.opt]),
                Inventory.Room(bytes: records.freeBytes, places: [.var]),
            ]
    }
}
