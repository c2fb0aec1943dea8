// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import BundleReading
import HostRecords
import HostSystem
import PackStorage
import Trust

/// Brings a bundle's release onto the host: one sequential read of the medium, hashed while it is copied; afterwards only
/// the copy is used (promise 2).
final class BundleDelivery: ReleaseDelivery {
    /// Used by one step at a time: `stage`, then `keepEvidence`; what runs in parallel takes the values below.
    private nonisolated(unsafe) let head: ProvenHead
    private let manifest: Manifest
    private let files: FileList
    /// What the bundle carries, and of a delta also what was found here. Both change when `stage` has made packs independent.
    private nonisolated(unsafe) var index: PackIndex
    private nonisolated(unsafe) var held: HeldContents?
    /// Whether a content is one of the release.
    private let isReleased: @Sendable (Digest) -> Bool
    private let digest: Digest
    private let layout: HostLayout
    private let reader: (any TaskExecutor)?
    /// Whether `stage` has unpacked all packs, beside the place of the release directory.
    private nonisolated(unsafe) var isUnpacked = false

    /// - Parameters:
    ///   - index: of a delta the completed one.
    ///   - held: what completed it.
    ///   - reader: what the medium is read on.
    init(
        head: ProvenHead, index: PackIndex, held: HeldContents?, isReleased: @escaping @Sendable (Digest) -> Bool,
        digest: Digest, layout: HostLayout, reader: (any TaskExecutor)?
    ) {
        self.isReleased = isReleased
        self.reader = reader
        manifest = head.manifest
        files = head.files
        self.index = index
        self.held = held
        self.digest = digest
        self.layout = layout
        self.head = head
    }

    private var directory: String { HostLayout.directory(manifest.version, digest) }

    private var unpacker: TreeUnpacker {
        TreeUnpacker(
            manifest: manifest, files: files, index: index,
            packs: LayeredPacks([layout.staging / "packs", layout.packs]), documents: layout.staging)
    }

    func stage(progress: @escaping @Sendable (Int64, Int64) -> Void) async throws {
        let target = layout.release(directory)
        // A delta is made whole behind its last byte (`settle`), and is short: all of it is unpacked afterwards.
        guard held == nil, !index.isDelta, try !FileSystem.exists(target) else { return try copy(progress: progress) }
        try FileSystem.createDirectories(layout.releases)
        let arriving = ArrivingPacks()
        // A pack that is proven is unpacked while the medium gives the next ones: either takes as long as the other.
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask(executorPreference: reader) { [self] in
                try arriving.bring { try copy(progress: progress, proven: arriving.arrived) }
            }
            group.addTask { [unpacker] in try await unpacker.begin(target, as: arriving) { _, _ in } }
            // The first that fails cancels the other, and both have ended before anybody hears of it: what is undone then stays so.
            while try await group.next() != nil {}
        }
        isUnpacked = true
    }

    /// - Parameter proven: told the number of each pack that is in staging.
    func copy(
        progress: @escaping @Sendable (Int64, Int64) -> Void, proven: (Int) -> Void = { _ in }
    ) throws {
        // Whoever made this looked for what a delta needs, and refused where it was not found.
        guard !index.isDelta else {
            throw DeltaError.lacking(
                head.identity, contents: index.needs.count, needed: head.packs.needs.count, bytes: index.neededBytes,
                bases: index.bases)
        }
        try FileSystem.removeTree(layout.staging)
        try FileSystem.createDirectories(layout.staging, permissions: 0o700)
        _ = try head.stageBody(into: layout.staging, progress: progress, proven: proven)
        if let held {
            for pack in index.packs where held.segments[pack.digest] != nil {
                try held.make(pack, in: layout.staging / "packs")
            }
            try settle(held)
        }
        // One sync for all of it: nothing below the staging directory is believed before.
        try FileSystem.syncFileSystem(at: layout.staging)
    }

    /// From here on nothing needs an older content any more.
    private func settle(_ found: HeldContents) throws {
        guard index.packs.contains(where: { $0.codec == .delta }) else { return }
        let packs = layout.staging / "packs"
        let settled = try DeltaSettling(
            index: index, packs: LayeredPacks([packs, layout.packs]), scratch: layout.staging,
            feeds: { [head] pack in head.packs.packs.firstIndex(of: pack).map(head.feeds) ?? [] }
        ).run(into: packs)
        let kept = try found.kept(for: head.packs, settled: settled, isReleased: isReleased)
        index = try head.packs.completed(by: kept.index)
        held = kept
        let names = Set(index.packs.map(\.fileName))
        for name in try FileSystem.list(packs) where !names.contains(name) { try FileSystem.remove(packs / name) }
    }

    func unpack(progress: @escaping @Sendable (Int64, Int64) -> Void) async throws {
        try FileSystem.createDirectories(layout.releases)
        let target = layout.release(directory)
        if isUnpacked {
            try unpacker.finish(target)
        } else if try !FileSystem.exists(target) {
            try await unpacker.unpack(to: target, progress: progress)
        }
        try keepBills()
        try movePacks()
    }

    /// The software bills stay with the evidence, for as long as it does: proven bytes, as they were copied.
    private func keepBills() throws {
        let bills = layout.staging / KeptBills.directory
        guard try FileSystem.exists(bills) else { return }
        let evidence = layout.evidence(directory)
        try FileSystem.createDirectories(evidence)
        try FileSystem.removeTree(evidence / KeptBills.directory)
        // `keepEvidence`, which follows, makes its name safe.
        try FileSystem.rename(bills, to: evidence / KeptBills.directory)
    }

    /// Whether the host's store is without packs that the release is made of.
    func lacksPacks() throws -> Bool {
        try index.packs.contains { try !FileSystem.exists(layout.packs / $0.fileName) }
    }

    /// Into the host's own store, where repair and deltas find them.
    func movePacks() throws {
        try FileSystem.createDirectories(layout.packs, permissions: 0o700)
        for name in try FileSystem.list(layout.staging / "packs") {
            try FileSystem.rename(layout.staging / "packs" / name, to: layout.packs / name)
        }
        try FileSystem.syncDirectory(layout.packs)
        try FileSystem.removeTree(layout.staging)
    }

    func keepEvidence() throws {
        let evidence = layout.evidence(directory)
        try FileSystem.createDirectories(evidence)
        try KeptEvidence(layout: layout, directory: directory).putFormerCarrierAside(for: head.verdict.signed)
        for member in head.evidence {
            let path = evidence / member.name.description
            try FileSystem.createDirectories(path.parent)
            try FileSystem.write(member.bytes, to: path, permissions: 0o644)
        }
        // First: an index that is there is one that can be completed.
        if let held {
            try FileSystem.write(held.index.bytes, to: evidence / KeptIndex.held, permissions: 0o644)
        }
        try FileSystem.write(head.packs.bytes, to: evidence / PackIndex.name, permissions: 0o644)
        // Its own name must be as safe as what is in it before anything rests on it.
        try FileSystem.syncDirectory(evidence.parent)
        try FileSystem.syncDirectory(layout.records)
    }

    func write(content: Digest, to sink: any ByteSink) throws {
        try PackReader(index: index, source: PackStore(layout.packs)).write(content, to: sink)
    }
}
