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
    private let reader: (any TaskExecutor)?
    /// Proven copies of packs, ours alone: a medium that answers differently the second time changes nothing.
    private let readAhead: HostPath
    package let digest: Digest

    /// - Parameter reader: what the medium is read on beside everything else; nil for wherever tasks run.
    package init(_ head: ProvenHead, layout: HostLayout, reader: (any TaskExecutor)? = OwnThreads()) throws {
        self.head = head
        self.layout = layout
        self.reader = reader
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
        let released = released
        return BundleDelivery(
            head: head, index: index, held: held, isReleased: { released.contains($0) }, digest: digest, layout: layout,
            reader: reader)
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
        // What is coded against an older content may be here as it is: then that is not asked for.
        let coded = head.packs.contents.filter(head.packs.isCoded).map {
            PackIndex.Need(digest: $0.digest, size: $0.size)
        }
        let found = try HeldContentSearch(head.packs.needs + coded, layout: layout).run()
        let whole = try head.packs.completed(by: found.index, isWanted: released.contains)
        guard !whole.isDelta else {
            throw DeltaError.lacking(
                head.identity, contents: whole.needs.count, needed: head.packs.needs.count, bytes: whole.neededBytes,
                bases: head.packs.bases.filter { !found.releases.contains($0.digest) })
        }
        let isSettled = !whole.packs.contains { $0.codec == .delta }
        held = isSettled ? try found.kept(for: head.packs, settled: nil, isReleased: released.contains) : found
        index = whole
    }

    /// Contents of the release's files and images.
    private lazy var released = head.packedContents

    /// Files that staging writes, and their bytes: the packs of the bundle, those that are made of installed files or of packs
    /// that refer to an older content, and for a while those older contents.
    var staging: (files: Int, bytes: Int64) {
        let made = index.packs.filter { held?.segments[$0.digest] != nil || $0.codec == .delta }
        let segments = made.filter { $0.codec != .delta }.reduce(0) { $0 + $1.storedBytes }
        let carried = head.packs.packs.reduce(0) { $0 + $1.storedBytes }
        return (
            head.packs.packs.count + made.count + Set(made.compactMap(\.older)).count,
            carried + segments + index.madeBytes + index.olderBytes
        )
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
        let coded = Set(content.ranges.map { index.packs[$0.pack] }.compactMap(\.older))
        if held == nil { try head.demandCarried(wanted, what: path.text) }
        try bring(content)
        for older in coded { try index.content(older).map(bring) }
        let packs = LayeredPacks([readAhead, layout.packs])
        let settled = try DeltaSettling(index: index, packs: packs, scratch: readAhead, feeds: { _ in [path.text] })
            .run(into: readAhead, wanted: [wanted])
        return try PackReader(index: coded.isEmpty ? index : settled, source: packs)
            .bytes(of: wanted, limit: Limits.packUnpackedBytes)
    }

    /// The packs of a content that are not in the host's store, read ahead.
    private func bring(_ content: PackIndex.Content) throws {
        for number in Set(content.ranges.map(\.pack)) {
            let pack = index.packs[number]
            let place = readAhead / pack.fileName
            guard try !FileSystem.exists(place) else { continue }
            guard head.packs.packs.contains(pack) else {
                try held?.make(pack, in: readAhead)
                continue
            }
            let bytes = try head.readMember(pack.member, limit: Limits.packStoredBytes)
            try FileSystem.write(bytes, to: place, permissions: 0o600)
        }
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
            try delivery.copy { _, _ in }
            try delivery.movePacks()
        }
        try delivery.keepEvidence()
        return differing.map { name, _ in name }
    }
}
