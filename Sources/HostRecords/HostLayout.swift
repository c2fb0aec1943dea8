// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import HostSystem

/// Every place on a host (design section 7, host-state §1). Nothing else of ours names one.
package struct HostLayout: Equatable, Sendable {
    /// `/`; a scratch directory in tests.
    package let root: HostPath
    package let product: ReleaseName

    package init(root: HostPath = "/", product: ReleaseName) {
        self.root = root
        self.product = product
    }

    // MARK: - The tool and what the host believes

    package var tool: HostPath { root / "usr/lib/bundle/bundle" }
    package var trust: HostPath { root / "etc/bundle/trust" }
    package var policy: HostPath { root / "etc/bundle/policy.yaml" }

    // MARK: - The site's; never written by us but through `secret set`

    package var site: HostPath { root / "etc/\(product)" }
    package var siteValues: HostPath { site / "values.yaml" }
    package var siteHost: HostPath { site / "host.yaml" }
    package var secrets: HostPath { site / "secrets" }
    package func secret(_ id: String) -> HostPath { secrets / id }

    // MARK: - What runs

    package var home: HostPath { root / "opt/\(product)" }
    package var releases: HostPath { home / "releases" }
    /// `VERSION-DIGEST12`: a release's name on a host.
    package static func directory(_ version: Version, _ digest: Digest) -> String { "\(version)-\(digest.short)" }
    /// - Parameter directory: `VERSION-DIGEST12`.
    package func release(_ directory: String) -> HostPath { releases / directory }
    /// Moves at cutover, atomically.
    package var current: HostPath { home / "current" }
    package var slots: HostPath { home / "slots" }
    package func slot(_ slot: Slot) -> HostPath { slots / slot.rawValue }
    /// Where a slot's former content waits until the new one is called good: beside it, on the same file system.
    package func formerSlot(_ slot: Slot) -> HostPath { slots / ".former-\(slot.rawValue)" }
    /// Where recreate services have their places.
    package var services: HostPath { home / "services" }
    package func service(_ service: String) -> HostPath { services / service }
    /// One place of a recreate service: `release`, `config/`. A new one is made for each replacement, so that the old
    /// one can come back.
    package func place(_ service: String, _ place: String) -> HostPath { self.service(service) / place }

    package var unitDirectory: HostPath { root / "etc/systemd/system" }
    package func unit(_ name: String) -> HostPath { unitDirectory / name }
    package var sysusersFile: HostPath { root / "etc/sysusers.d/bundle-\(product).conf" }
    /// The system user that all services of the product run as.
    package var user: String { "_\(product)" }
    /// The services' own data.
    package var data: HostPath { root / "var/lib/\(product)" }

    // MARK: - What we remember

    package var allRecords: HostPath { root / "var/lib/bundle" }
    package var records: HostPath { allRecords / product.text }
    package var state: HostPath { records / "state" }
    /// What `remove` leaves of the record: whom we made, and what was ever called good.
    package var removed: HostPath { records / "removed" }
    /// The operation that has not ended; absent when all have.
    package var journal: HostPath { records / "journal" }
    /// What an operation puts aside so that it can be undone; gone when it has ended.
    package var operation: HostPath { records / "operation" }
    /// Room that the way back needs when the disk is full; gone when it is taken.
    package var reserve: HostPath { operation / "reserve" }
    /// Which jobs ever ran here.
    package var jobs: HostPath { records / "jobs" }
    /// Journals of operations that have ended.
    package var history: HostPath { records / "history" }
    package var staging: HostPath { records / "staging" }
    package var packs: HostPath { records / "packs" }
    /// Rendered config that holds secrets; root's, 0700.
    package var credentials: HostPath { records / "credentials" }
    /// What rehearsals measured; kept for ever.
    package var rehearsals: HostPath { records / "rehearsals" }
    /// One marker for each release that was staged ahead of its window.
    package var staged: HostPath { records / "staged" }
    /// What the receipt of the operation under way will say.
    package var owedReceipt: HostPath { records / "receipt-owed" }
    /// Kept for ever.
    package func evidence(_ directory: String) -> HostPath { records / "evidence" / directory }

    package var auditLog: HostPath { HostLayout.auditLog(root: root) }
    package static func auditLog(root: HostPath) -> HostPath { root / "var/lib/bundle/audit.log" }
    /// One chain for the host, all its products in it: a tail that was cut off shows by every later receipt.
    package static func receipts(root: HostPath = "/") -> HostPath { root / "var/lib/bundle/receipts" }
    /// The host's own secrets; root's, 0700.
    package static func keys(root: HostPath = "/") -> HostPath { root / "etc/bundle/keys" }
    package static func hostKey(root: HostPath = "/") -> HostPath { keys(root: root) / "host.key" }

    // MARK: - The lock: one for the host, as products share its ports, addresses and service manager

    package var runDirectory: HostPath { root / "run/bundle" }
    /// What runs in units of their own say, for whoever follows them.
    package static func runs(root: HostPath = "/") -> HostPath { root / "run/bundle/runs" }
    package var lock: HostPath { runDirectory / "lock" }

    /// The products that have a record or an operation that has not ended, by name: what recovery looks at. The first
    /// installation of a product can die before there is a record.
    package static func withRecords(root: HostPath = "/") throws -> [ReleaseName] {
        let records = root / "var/lib/bundle"
        guard try FileSystem.exists(records) else { return [] }
        return try FileSystem.list(records).compactMap { ReleaseName($0) }.filter {
            let layout = HostLayout(root: root, product: $0)
            return try layout.isInstalled() || FileSystem.exists(layout.journal)
        }
    }

    /// No other than a release that serves, or whose record was lost, has it: it goes before the record does.
    func hasCurrent() throws -> Bool { try FileSystem.status(current)?.kind == .symlink }

    private func isInstalled() throws -> Bool { try FileSystem.exists(state) || hasCurrent() }

    /// The products of which `remove` left something that `remove --data` takes: what it remembers, or the service user.
    package static func left(root: HostPath = "/") throws -> [ReleaseName] {
        let records = root / "var/lib/bundle"
        guard try FileSystem.exists(records) else { return [] }
        return try FileSystem.list(records).compactMap { ReleaseName($0) }.filter {
            let layout = HostLayout(root: root, product: $0)
            return try FileSystem.exists(layout.removed) || FileSystem.exists(layout.sysusersFile)
        }
    }

    /// The products that are installed here, by name; of one, the record may be lost.
    package static func products(root: HostPath = "/") throws -> [ReleaseName] {
        try withRecords(root: root).filter { try HostLayout(root: root, product: $0).isInstalled() }
    }
}
