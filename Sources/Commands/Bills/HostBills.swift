// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Glibc
import HostRecords
import Installer
import SoftwareBills

/// The bills of every release that this host holds: those that run, those that are kept to go back to, those that are staged.
struct HostBills {
    private(set) var releases: [BilledRelease] = []
    /// Why the bills of one that is not among them could not be read: the others answer all the same.
    private(set) var damage: (any Error)?

    /// - Parameter image: only bills of images of this name.
    /// - Throws: `HostVerbError`; what reading records throws.
    init(image: String?) throws {
        guard geteuid() == 0 else { throw HostVerbError.notRoot(verb: "sbom --host") }
        let products = Set(try HostLayout.products() + StagedReleases.products()).sorted { $0.text < $1.text }
        guard !products.isEmpty else { throw HostVerbError.nothingInstalled }
        for product in products {
            let layout = HostLayout(product: product)
            for held in try HostBills.held(layout) {
                do {
                    try add(held, of: product, layout, image)
                } catch {
                    damage = damage ?? error
                }
            }
        }
    }

    private mutating func add(_ held: Held, of product: ReleaseName, _ layout: HostLayout, _ image: String?) throws {
        let kept = try KeptBills(
            of: held.directory, digest: held.digest, layout: layout, limit: BillMember.maximumBytes)
        let bills = try kept.members.filter { member in
            BillMember.subject(of: member.name).map { image == nil || $0 == image } ?? false
        }.map { try ReadBill($0.name, $0.bytes) }
        if image != nil, bills.isEmpty, !kept.members.isEmpty { return }
        releases.append(BilledRelease("\(product) \(held.version)", standing: held.standing(of: product), bills: bills))
    }

    private struct Held {
        let version: Version
        let digest: Digest
        let directory: String
        var word: String
        var slot: Slot?
        var services: [String]

        func standing(of product: ReleaseName) -> BilledRelease.Standing {
            BilledRelease.Standing(
                product: product.text, version: version.description, digest: digest.hex, word: word, slot: slot,
                services: services)
        }
    }

    /// The one that serves first, then as the record lists them.
    private static func held(_ layout: HostLayout) throws -> [Held] {
        let record = try StateStore(layout: layout).load()
        var found: [Held] = []
        func add(_ version: Version, _ digest: Digest, _ directory: String, _ word: String, _ slot: Slot? = nil) {
            guard !found.contains(where: { $0.directory == directory }) else { return }
            let services = record?.recreate.filter { $0.value.directory == directory }.keys.sorted() ?? []
            found.append(
                Held(
                    version: version, digest: digest, directory: directory, word: word, slot: slot, services: services))
        }
        if let active = record?.active { add(active.version, active.digest, active.directory, "active", active.slot) }
        if let ready = record?.ready { add(ready.version, ready.digest, ready.directory, "ready", ready.slot) }
        if let former = record?.previous {
            add(former.version, former.digest, former.directory, "draining", former.slot)
        }
        for release in record?.releases ?? [] { add(release.version, release.digest, release.directory, "kept") }
        for staged in try StagedReleases(layout: layout).list() {
            add(staged.version, staged.digest, staged.directory, "staged")
        }
        return found
    }
}
