// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
package import BundleReading
package import HostRecords
import HostSystem
import PackStorage
import Trust

/// A release on a medium: its head is proven, and the few packs that planning needs are read ahead of the rest.
package final class BundleSource: ReleaseSource {
    package let head: ProvenHead
    private let layout: HostLayout
    /// Proven copies of packs, ours alone: a medium that answers differently the second time changes nothing.
    private let readAhead: HostPath
    package let digest: Digest

    package init(_ head: ProvenHead, layout: HostLayout) throws {
        self.head = head
        self.layout = layout
        digest = head.releaseDigest
        readAhead = try FileSystem.createTemporaryDirectory()
    }

    deinit { _ = try? FileSystem.removeTree(readAhead) }

    package var manifest: Manifest { head.manifest }

    /// Whether the host holds it whole already: then nothing is staged or unpacked again.
    package private(set) lazy var delivery: (any ReleaseDelivery)? = {
        let isHere = (try? FileSystem.exists(layout.release(directory))) ?? false
        return isHere ? nil : bringing
    }()

    private var bringing: BundleDelivery {
        BundleDelivery(head: head, index: index, held: held, digest: digest, layout: layout)
    }

    // MARK: - Deltas

    /// What this host has of what a delta needs; nil for a full bundle, and before it was looked for.
    private var held: HeldContents?
    private lazy var index = head.packs

    /// Finds what a delta needs, hashing it again. Comes before anything is planned of it, and long before anything changes.
    ///
    /// - Throws: `DeltaError.lacking`.
    package func findNeeded() throws {
        guard head.packs.isDelta, held == nil else { return }
        let found = try HeldContentSearch(head.packs.needs, layout: layout).run()
        let whole = try head.packs.completed(by: found.index)
        guard !whole.isDelta else {
            throw DeltaError.lacking(
                head.identity, contents: whole.needs.count, needed: head.packs.needs.count, bytes: whole.neededBytes,
                bases: head.packs.bases.filter { !found.releases.contains($0.digest) })
        }
        held = found
        index = whole
    }

    /// Packs that staging writes: those of the bundle, and those that are made of installed files.
    var stagedPacks: [PackIndex.Pack] {
        head.packs.packs + index.packs.filter { held?.segments[$0.digest] != nil }
    }

    package func fileDigest(_ path: ReleasePath) -> Digest? { head.files.digest(of: path) }

    package func fileDigests(below directory: String) -> [Digest] {
        head.files.entries.filter { $0.path.text.hasPrefix(directory + "/") }.map(\.digest)
    }

    package var fileNames: [String] { head.files.entries.compactMap { $0.path.segments.last.map(String.init) } }

    package func read(_ path: ReleasePath) throws -> [UInt8] {
        guard let wanted = head.files.digest(of: path) else { throw BundleError.noSuchMember(path.text) }
        guard let content = index.content(wanted) else {
            try head.demandCarried(wanted, what: path.text)
            throw BundleError.noSuchMember(path.text)
        }
        for number in Set(content.ranges.map(\.pack)) {
            let pack = index.packs[number]
            let place = readAhead / pack.fileName
            guard try !FileSystem.exists(place) else { continue }
            // Behind those of the bundle stand the host's own.
            guard number < head.packs.packs.count else {
                try held?.make(pack, in: readAhead)
                continue
            }
            let bytes = try head.readMember(pack.member, limit: Limits.packUnpackedBytes)
            try FileSystem.write(bytes, to: place, permissions: 0o600)
        }
        return try PackReader(index: index, source: LayeredPacks([readAhead, layout.packs]))
            .bytes(of: wanted, limit: Limits.packUnpackedBytes)
    }

    /// Writes the evidence of a release that this host holds again, where it is not what this proven bundle brings
    /// (host-state §17.3): the way back for evidence that was damaged. What another carrier brought goes aside, as ever.
    /// - Returns: the documents that were written. None by a bundle that nobody signed.
    package func renewEvidence() throws -> [String] {
        guard delivery == nil, !head.verdict.established.isEmpty else { return [] }
        let place = layout.evidence(directory)
        var documents = head.evidence.map { ($0.name.description, $0.bytes) }
        documents.append((PackIndex.name, head.packs.bytes))
        if let held, (try? KeptIndex.complete(head.packs, in: place)) == nil {
            documents.append((KeptIndex.held, held.index.bytes))
        }
        let differing = documents.filter { name, bytes in
            let held = try? FileSystem.readAll(place / name, limit: bytes.count + 1, followLinks: false)
            return held != bytes
        }
        guard !differing.isEmpty else { return [] }
        let delivery = bringing
        // Another bundle of the release may carry it in other packs: what its index names has to be here.
        if try delivery.lacksPacks() {
            try delivery.stage { _, _ in }
            try delivery.movePacks()
        }
        try delivery.keepEvidence()
        return differing.map { name, _ in name }
    }
}
