// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Compression
package import HostSystem

/// A pack that was written to the scratch directory.
package struct WrittenPack: Equatable, Sendable {
    /// SHA-256 of the stored bytes.
    package let digest: Digest
    package let codec: PackIndex.Codec
    package let storedBytes: Int64
    package let unpackedBytes: Int64
    /// Where the stored bytes are now.
    package let file: HostPath
    /// An earlier build made it.
    package let isFromCache: Bool
}

/// Makes the packs of a plan. Every pack is compressed by one thread from its own contents, so its bytes do not depend on
/// how many are made at once; a job needs about 370 MB with xz (11 × a 32 MiB dictionary) and less otherwise. The largest
/// come first, so that none is begun when all others are done.
package struct PackWriter: Sendable {
    /// Gives a content's bytes from an offset on; called from several tasks at once.
    package typealias Opening = @Sendable (_ content: PackContent, _ offset: Int64) throws -> any ByteSource

    private let plan: PackPlan
    private let packing: Packing
    private let directory: HostPath
    private let cache: PackCache?
    private let open: Opening
    /// Of the plan's packs, in its order; empty without a cache.
    private let keys: [PackKey]

    /// - Parameters:
    ///   - directory: exists, is empty, and is the caller's to remove.
    ///   - cache: has packs of earlier builds. The bytes are the same without it.
    package init(
        plan: PackPlan, packing: Packing, directory: HostPath, cache: PackCache? = nil, open: @escaping Opening
    ) {
        self.plan = plan
        self.packing = packing
        self.directory = directory
        self.cache = cache
        self.open = open
        keys =
            cache.map { cache in
                plan.packs.map { cache.key($0, packing.codec(for: $0.kind).settings(for: $0)) }
            } ?? []
    }

    /// - Parameter progress: told after each pack how many unpacked bytes it held.
    /// - Returns: the packs in the plan's order.
    /// - Throws: `PackError.sourceChanged`; `SystemCallError`; `CancellationError`.
    package func write(jobs: Int, progress: @Sendable (Int64) -> Void = { _ in }) async throws -> [WrittenPack] {
        let held = cache?.scratch()
        let scratch = held?.path
        return try await withThrowingTaskGroup(of: (Int, WrittenPack).self) { group in
            var waiting = longestFirst.makeIterator()
            for _ in 0..<max(1, jobs) {
                if let number = waiting.next() { group.addTask { (number, try writePack(number, scratch)) } }
            }
            var written: [Int: WrittenPack] = [:]
            while let (number, pack) = try await group.next() {
                written[number] = pack
                progress(pack.unpackedBytes)
                if let number = waiting.next() { group.addTask { (number, try writePack(number, scratch)) } }
            }
            try? held?.remove()
            cache?.prune()
            return plan.packs.indices.compactMap { written[$0] }
        }
    }

    private func writePack(_ number: Int, _ scratch: HostPath?) throws -> WrittenPack {
        let pack = plan.packs[number]
        let codec = packing.codec(for: pack.kind)
        let path = directory / "\(number)"
        guard let cache else { return try compress(pack, codec, to: path) }
        let key = keys[number]
        if let form = codec.indexed.form, let stored = try cache.take(key, pack, form, to: path) {
            return WrittenPack(
                digest: stored.digest, codec: codec.indexed, storedBytes: stored.bytes,
                unpackedBytes: pack.unpackedBytes, file: path, isFromCache: true)
        }
        let made = try compress(pack, codec, to: path)
        if let scratch { try cache.keep(key, made, scratch: scratch) }
        return made
    }

    private func compress(_ pack: PackPlan.Pack, _ codec: PackCodec, to path: HostPath) throws -> WrittenPack {
        let reader = SliceReader(pack.slices, path: { plan.content($0)?.path ?? $0.hex }) { slice in
            guard let content = plan.content(slice.content) else {
                throw PackError.unknownContent(slice.content, feeds: [])
            }
            return try open(content, slice.offset)
        }
        let file = try HostFile.open(path, .create(permissions: 0o600))
        let sink = HashingSink([file])
        try Compressor.compress(from: reader, size: pack.unpackedBytes, to: sink, settings: codec.settings(for: pack))
        return WrittenPack(
            digest: sink.digest, codec: codec.indexed, storedBytes: sink.count, unpackedBytes: pack.unpackedBytes,
            file: path, isFromCache: false)
    }

    /// What is in the cache takes a fraction of the time.
    private var longestFirst: [Int] {
        let cached = cache?.held(among: keys) ?? []
        return plan.packs.indices.sorted { left, right in
            let (isLeftCached, isRightCached) = (cached.contains(left), cached.contains(right))
            if isLeftCached != isRightCached { return isRightCached }
            return (plan.packs[right].unpackedBytes, left) < (plan.packs[left].unpackedBytes, right)
        }
    }
}
