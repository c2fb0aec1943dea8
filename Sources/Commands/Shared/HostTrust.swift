// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import HostSystem
import Trust

/// What this host believes: the trust roots in `/etc/bundle/trust`, every one of them kept (trust §4.1). Nothing else of
/// ours looks there.
struct HostTrust {
    static let directory: HostPath = "/etc/bundle/trust"
    static let files = TrustDirectory(path: directory)

    let chain: TrustChain

    /// The file of the newest root.
    var path: HostPath { HostTrust.files.rootPath(chain.newest.root.number) }

    /// - Returns: nil when nothing was adopted.
    /// - Throws: `HostTrustError.writableByOthers`: what others than root may write is not believed;
    ///   `HostTrustError.broken` when the files are no chain any more.
    static func load() throws -> HostTrust? {
        do {
            let links = try files.links(strict: true)
            guard !links.isEmpty else { return nil }
            for path in [directory] + links.map({ files.rootPath($0.number) }) {
                guard let status = try FileSystem.status(path), status.user == 0, status.permissions & 0o022 == 0 else {
                    throw HostTrustError.writableByOthers(path: path.text)
                }
            }
            return try TrustChain.kept(links).map(HostTrust.init)
        } catch let error as HostTrustError {
            throw error
        } catch {
            // Whatever it is, it is no reason to believe less than what was adopted.
            throw HostTrustError.broken(path: directory.text, Explanation.orPlain(error).message)
        }
    }

    /// Puts the first root of a host in place. Never over another: a second first root would be somebody else's word
    /// against the operator's.
    /// - Parameter replacing: puts what was believed aside, when a person says so with a reason.
    static func adopt(_ chain: TrustChain, replacing: Bool) throws {
        let offered = chain.newest
        try settleReplacing(by: offered.link)
        let held: HostTrust?
        do { held = try load() } catch {
            // What is damaged is replaced as a whole, by a person's word.
            guard replacing else { throw error }
            return try replace(named: "damaged", by: offered.link)
        }
        guard let newest = held?.chain.newest else {
            try FileSystem.createDirectories(directory, owner: .root)
            return try files.write(offered.link, owner: .root)
        }
        // The same again is no change.
        if newest.link.bytes == offered.link.bytes { return }
        guard replacing else { throw KeyError.rootExists(path: files.rootPath(newest.root.number).text) }
        try replace(named: newest.fingerprint.hex, by: offered.link)
    }

    /// Adds roots that a chain led to, oldest first; each one counts as soon as its file is there.
    static func advance(to roots: [TrustChain.Believed]) throws {
        for root in roots { try files.write(root.link, owner: .root) }
    }

    /// The directory changes places with one that is whole, so a crash leaves the old roots or the new one: a chain that had
    /// lost its newest root half-way would believe keys again that this one had revoked. Nothing that was ever believed is
    /// deleted: it is in `replaced/FINGERPRINT/`.
    private static func replace(named name: String, by link: TrustLink) throws {
        try FileSystem.createDirectories(draft / "replaced", owner: .root)
        try TrustDirectory(path: draft).write(link, owner: .root)
        try FileSystem.exchange(draft, directory)
        try FileSystem.syncDirectory(directory.parent)
        try putAside(name)
    }

    private static let draft: HostPath = directory.parent / ".trust.new"

    private static func putAside(_ name: String) throws {
        let place = directory / "replaced"
        try FileSystem.createDirectories(place, owner: .root)
        let taken = Set(try FileSystem.list(place))
        // The same root may be replaced more than once, and whatever is there stays.
        let free = (1...).lazy.map { $0 == 1 ? name : "\(name).\($0)" }.first { !taken.contains($0) }
        try FileSystem.renameNoReplace(draft, to: place / (free ?? name))
        try FileSystem.syncDirectory(directory.parent)
        try FileSystem.syncDirectory(place)
    }

    /// A replacement that a crash cut short left what it drafted, or what it replaced. Only a draft of the very root that is
    /// offered now, and not believed yet, can be made again; all else is kept.
    private static func settleReplacing(by link: TrustLink) throws {
        guard try FileSystem.exists(draft) else { return }
        let left = try TrustDirectory(path: draft).links().last
        if left == nil || left?.bytes == link.bytes, try files.links().last?.bytes != link.bytes {
            try FileSystem.removeTree(draft)
        } else {
            try putAside(left.map { RootFingerprint(of: $0.bytes).hex } ?? "damaged")
        }
    }
}
