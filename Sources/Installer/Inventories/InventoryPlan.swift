// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import BundleReading
import HostRecords
import HostSystem
package import Reporting

/// What carrying a bundle to a host would take, as far as the host's inventory says it (host-state §18.8).
package struct InventoryPlan {
    /// The file, or all of its parts.
    package let bytesToCarry: Int64
    /// Of the store and of the unpacked tree; images take more, which only their runtime knows.
    package let storeBytes: Int64
    package let treeBytes: Int64
    package let needs: Int
    /// What the host lacks of them.
    package let lacking: [PackIndex.Need]
    /// Bases that the host has not.
    package let bases: [PackIndex.Base]
    package let problems: [PreflightProblem]
    package let isHeld: Bool

    package init(_ head: ProvenHead, against inventory: Inventory) {
        let packs = head.packs
        bytesToCarry = head.fileBytes
        // What refers to older contents is kept as it is without them.
        storeBytes = packs.packs.filter { $0.codec != .delta }.reduce(0) { $0 + $1.storedBytes } + packs.madeBytes
        treeBytes = head.manifest.tree.bytes
        needs = packs.needs.count
        lacking = packs.needs.filter { inventory.contents[$0.digest] != $0.size }
        let held = Set(inventory.releases.map(\.digest))
        bases = packs.bases.filter { !held.contains($0.digest) }
        isHeld = held.contains(head.releaseDigest)
        problems = InventoryPlan.problems(head, inventory, isHeld: isHeld)
    }

    /// Those of preflight that an inventory can tell; all else is taken to be right.
    private static func problems(_ head: ProvenHead, _ inventory: Inventory, isHeld: Bool) -> [PreflightProblem] {
        let layout = HostLayout(product: inventory.product)
        var record = StateRecord(name: inventory.product, addressIndex: 0)
        record.floor = inventory.floor
        record.releases = inventory.releases.map {
            ReleaseRecord(
                version: $0.version, digest: $0.digest, directory: HostLayout.directory($0.version, $0.digest),
                installedAt: 0, settings: $0.digest)
        }
        if let active = inventory.releases.first(where: { $0.standing == .active }) {
            record.active = ActiveRelease(
                version: active.version, digest: active.digest,
                directory: HostLayout.directory(active.version, active.digest),
                slot: .blue, since: 0, phase: .good, settings: active.digest, units: [])
        }
        let packs = head.packs
        let staged = packs.packs.reduce(0) { $0 + $1.storedBytes } + packs.madeBytes + packs.olderBytes
        let release = PreflightRelease(
            manifest: head.manifest, digest: head.releaseDigest, record: record,
            // What the host has already may be gone back to.
            isRollback: isHeld, packBytes: isHeld ? 0 : staged,
            packs: isHeld ? 0 : packs.packs.count + packs.needs.count, unpacks: !isHeld, tool: inventory.tool)
        var facts = PreflightFacts(
            layout: layout,
            host: HostFacts(
                hostname: inventory.hostName, kernelRelease: inventory.kernel,
                machine: inventory.arch == .amd64 ? "x86_64" : "aarch64", memoryBytes: inventory.memory))
        facts.systemd = inventory.systemd
        facts.nft = inventory.nft.map { HostFacts.dottedNumbers($0) }
        facts.commands = inventory.commands
        facts.volumes = inventory.rooms.enumerated().flatMap { index, room in
            let volume = Volume(id: UInt64(index), freeBytes: room.bytes, freeInodes: nil)
            return room.places.flatMap { place in
                place == .opt
                    ? [PreflightVolume(use: .releases, path: layout.releases, volume: volume)]
                    : [
                        PreflightVolume(use: .staging, path: layout.staging, volume: volume),
                        PreflightVolume(use: .evidence, path: layout.records, volume: volume),
                    ]
            }
        }
        return Preflight(release: release, facts: facts).problems().filter(\.isOfInventory)
    }
}

extension PreflightProblem {
    fileprivate var isOfInventory: Bool {
        switch self {
        case .wrongArchitecture, .systemdTooOld, .nftTooOld, .kernelTooOld, .memoryTooSmall, .commandMissing,
            .bundleTooOld, .upgradeFromTooOld, .belowFloor, .otherDigest, .noSpace:
            true
        default: false
        }
    }
}
