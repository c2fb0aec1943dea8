// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Compression
package import HostSystem

/// A content that may be coded against an older one, which lies in a file and was hashed.
package struct DeltaPair: Sendable {
    package let content: PackContent
    package let older: PackIndex.Need
    package let olderFile: HostPath

    package init(content: PackContent, older: PackIndex.Need, olderFile: HostPath) {
        self.content = content
        self.older = older
        self.olderFile = olderFile
    }
}

/// A content that was coded against an older one; its packs one after the other are the content.
package struct CodedContent: Sendable {
    package let content: PackContent
    package let older: PackIndex.Need
    package let packs: [WrittenPack]
}

/// Makes packs that refer to older contents (format §17): one a content, or one for each 64 MiB of it. Each is coded by one
/// thread, with at most 450 MiB, and depends on nothing but the two contents; so it does not matter how many are made at once,
/// or whether an earlier build made them.
package struct DeltaPackWriter: Sendable {
    /// Of a content that is worth it: less costs a pack's head and a need more than it saves.
    package static let leastBytes: Int64 = 64 << 10

    private let codec: PackCodec
    private let directory: HostPath
    private let cache: PackCache?
    private let open: PackWriter.Opening

    /// - Parameters:
    ///   - codec: what the contents would be compressed with otherwise.
    ///   - directory: exists, and is the caller's to remove.
    package init(codec: PackCodec, directory: HostPath, cache: PackCache?, open: @escaping PackWriter.Opening) {
        self.codec = codec
        self.directory = directory
        self.cache = cache
        self.open = open
    }

    /// - Parameter progress: told how many bytes of contents are behind.
    /// - Returns: those that are smaller so than compressed alone, in the order of the pairs.
    /// - Throws: `PackError.sourceChanged`; `SystemCallError`; `CancellationError`.
    package func write(
        _ pairs: [DeltaPair], jobs: Int, progress: @escaping @Sendable (Int64) -> Void = { _ in }
    ) async throws -> [CodedContent] {
        let pieces = pairs.indices.flatMap { number in
            DeltaPackWriter.pieces(of: pairs[number].content).map {
                Piece(pair: number, pack: $0.pack, offset: $0.offset)
            }
        }
        // The largest first, so that none is begun when all others are done.
        let order = pieces.indices.sorted {
            (pieces[$1].pack.unpackedBytes, $0) < (pieces[$0].pack.unpackedBytes, $1)
        }
        let held = cache?.scratch()
        let scratch = held?.path
        let made = try await withThrowingTaskGroup(of: (Int, Made).self) { group in
            var waiting = order.makeIterator()
            let add = { (group: inout ThrowingTaskGroup<(Int, Made), any Error>) in
                guard let number = waiting.next() else { return }
                let piece = pieces[number]
                let pair = pairs[piece.pair]
                group.addTask { (number, try make(piece, pair, number, scratch)) }
            }
            for _ in 0..<max(1, jobs) { add(&group) }
            var made: [Int: Made] = [:]
            while let (number, one) = try await group.next() {
                made[number] = one
                progress(one.pack.unpackedBytes)
                add(&group)
            }
            return made
        }
        try? held?.remove()
        let numbers = Dictionary(grouping: pieces.indices) { pieces[$0].pair }
        return pairs.indices.compactMap { number in
            let parts = numbers[number, default: []].compactMap { made[$0] }
            let stored = parts.reduce(0) { $0 + $1.pack.storedBytes }
            guard !parts.isEmpty, stored < parts.reduce(0, { $0 + $1.otherwiseBytes }) else { return nil }
            return CodedContent(
                content: pairs[number].content, older: pairs[number].older, packs: parts.map(\.pack))
        }
    }

    /// A run of a content, as a pack of it would hold it.
    private struct Piece {
        let pair: Int
        let pack: PackPlan.Pack
        let offset: Int64
    }

    private struct Made: Sendable {
        let pack: WrittenPack
        /// What it would take without an older content, or an amount that is more than enough to see that it takes less.
        let otherwiseBytes: Int64
    }

    /// It is cut where chunks end, so that each can be proven by what was collected.
    private static func pieces(of content: PackContent) -> [(pack: PackPlan.Pack, offset: Int64)] {
        var pieces: [(pack: PackPlan.Pack, offset: Int64)] = []
        var pack = PackPlan.Pack(kind: content.kind)
        for slice in content.slices {
            if pack.unpackedBytes + slice.length > PackShape.maximumBytes {
                pieces.append((pack, slice.offset - pack.unpackedBytes))
                pack = PackPlan.Pack(kind: content.kind)
            }
            pack.slices.append(slice)
            pack.unpackedBytes += slice.length
        }
        return pieces + [(pack, content.size - pack.unpackedBytes)]
    }

    private func make(_ piece: Piece, _ pair: DeltaPair, _ number: Int, _ scratch: HostPath?) throws -> Made {
        let old = OldContent(
            digest: pair.older.digest, size: pair.older.size,
            bytes: try HostFile.open(pair.olderFile, .read, followLinks: false))
        let architecture: Architecture? =
            if case .machineCode(let architecture) = pair.content.kind { architecture } else { nil }
        let path = directory / "delta-\(number)"
        let coding =
            "delta \(DeltaEncoder.version) \(DictionaryCoder.identity) \(architecture?.rawValue ?? "none") "
            + "at \(piece.offset) against \(pair.older.digest.hex)"
        let key = cache?.key(piece.pack, coding)
        if let cache, let key, let stored = try cache.take(key, piece.pack, against: old, to: path) {
            return Made(
                pack: WrittenPack(
                    digest: stored.digest, codec: .delta, storedBytes: stored.bytes,
                    unpackedBytes: piece.pack.unpackedBytes, file: path, isFromCache: true),
                otherwiseBytes: try otherwise(piece.pack, pair.content, stored.bytes))
        }
        let sink = HashingSink([try HostFile.open(path, .create(permissions: 0o600))])
        let encoder = DeltaEncoder(old: old, samples: try OldSamples(old), architecture: architecture)
        try encoder.encode(
            reader(piece.pack, pair.content), size: piece.pack.unpackedBytes, offset: piece.offset, to: sink)
        let made = WrittenPack(
            digest: sink.digest, codec: .delta, storedBytes: sink.count, unpackedBytes: piece.pack.unpackedBytes,
            file: path, isFromCache: false)
        if let cache, let key, let scratch { try cache.keep(key, made, scratch: scratch) }
        return Made(pack: made, otherwiseBytes: try otherwise(piece.pack, pair.content, made.storedBytes))
    }

    /// Mostly a quick look is enough: where it takes twice as much, the slow way takes more, too.
    private func otherwise(_ pack: PackPlan.Pack, _ content: PackContent, _ stored: Int64) throws -> Int64 {
        let quick = try compressed(pack, content, .quickXZ)
        return stored <= quick / 2 ? quick : try compressed(pack, content, codec)
    }

    private func compressed(_ pack: PackPlan.Pack, _ content: PackContent, _ codec: PackCodec) throws -> Int64 {
        let sink = HashingSink([])
        try Compressor.compress(
            from: reader(pack, content), size: pack.unpackedBytes, to: sink, settings: codec.settings(for: pack))
        return sink.count
    }

    private func reader(_ pack: PackPlan.Pack, _ content: PackContent) -> SliceReader {
        SliceReader(pack.slices, path: { _ in content.path }) { try open(content, $0.offset) }
    }
}
