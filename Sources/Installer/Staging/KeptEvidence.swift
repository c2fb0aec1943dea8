// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem

/// What is kept of a release (host-state §16): for ever, once it was called good; not at all of one that never served.
struct KeptEvidence {
    let layout: HostLayout
    /// `VERSION-DIGEST12`.
    let directory: String

    private var path: HostPath { layout.evidence(directory) }
    private static let plan = "plan.json"

    /// Written when the release is called good: the plan by which it came to serve.
    func keep(plan: Plan) throws {
        try FileSystem.createDirectories(path)
        // Values of the site stand in it, as in the history; never secrets.
        try FileSystem.write(try CanonicalDocument.encode(plan), to: path / KeptEvidence.plan, permissions: 0o600)
    }

    /// Whether the release was ever called good here, whatever was pruned or removed since.
    func isForEver() throws -> Bool {
        if try FileSystem.exists(path / KeptEvidence.plan) { return true }
        // By a `bundle` that kept no plan.
        let store = StateStore(layout: layout)
        let known = (try store.load()?.known ?? []) + (try store.remembered()?.known ?? [])
        return known.contains { HostLayout.directory($0.version, $0.digest) == directory }
    }

    func removeUnlessForEver() throws {
        guard try !isForEver() else { return }
        try FileSystem.removeTree(path)
    }

    /// The same release may come again by another bundle, signed by others: what the former one brought is not written over,
    /// and its signatures are not taken for those of the new list.
    func putFormerCarrierAside(for checksums: [UInt8]) throws {
        let list = MemberName.checksums.description
        guard try FileSystem.exists(path / list) else {
            // Signatures without their list: an attempt that died.
            try FileSystem.removeTree(path / "signatures")
            return
        }
        let former = try FileSystem.readAll(path / list, limit: Limits.checksumListBytes, followLinks: false)
        guard former != checksums else { return }
        let place = path / "carriers" / Digest.ofBytes(former).short
        try FileSystem.createDirectories(place)
        // The list last: as long as it is there, this is done again.
        let names = [Readme.name, "signatures", "trust", PackIndex.name, KeptIndex.held, list]
        for name in names where try FileSystem.exists(path / name) {
            try FileSystem.removeTree(place / name)
            try FileSystem.rename(path / name, to: place / name)
        }
        try FileSystem.syncDirectory(place)
        try FileSystem.syncDirectory(path)
    }
}
