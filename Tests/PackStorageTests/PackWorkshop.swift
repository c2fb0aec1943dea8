// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import PackStorage

/// Contents held in memory, packed into a directory of its own and read back from there.
final class PackWorkshop: Sendable {
    let root: HostPath
    let contents: [PackContent]
    private let bytes: [Digest: [UInt8]]

    init(_ files: [(path: String, bytes: [UInt8], kind: PackContent.Kind)]) throws {
        root = try FileSystem.createTemporaryDirectory()
        contents = try files.map { file in
            try ContentHasher.content(of: BytesSource(file.bytes), kind: file.kind, path: file.path)
        }
        bytes = Dictionary(zip(contents.map(\.digest), files.map(\.bytes))) { first, _ in first }
    }

    deinit { _ = try? FileSystem.removeTree(root) }

    var plan: PackPlan { PackPlan(contents) }
    var store: PackStore { PackStore(root / "store") }

    /// Writes the packs into the store, under their names there.
    func pack(_ codec: PackCodec = .zstd(level: 1), jobs: Int = 2) async throws -> PackIndex {
        try await pack(Packing(codec: codec), jobs: jobs)
    }

    func pack(_ packing: Packing, jobs: Int = 2) async throws -> PackIndex {
        let written = try await write(packing, jobs: jobs)
        try FileSystem.createDirectory(store.directory)
        let index = try PackIndex(plan: plan, packs: written)
        for (entry, pack) in zip(index.packs, written) { try FileSystem.rename(pack.file, to: store.path(of: entry)) }
        return index
    }

    /// Writes the packs into a scratch directory that is anew each time.
    func write(
        _ codec: PackCodec = .zstd(level: 1), jobs: Int = 2, cache: PackCache? = nil
    ) async throws -> [WrittenPack] {
        try await write(Packing(codec: codec), jobs: jobs, cache: cache)
    }

    func write(_ packing: Packing, jobs: Int = 2, cache: PackCache? = nil) async throws -> [WrittenPack] {
        let scratch = root / "scratch"
        try FileSystem.removeTree(scratch)
        try FileSystem.createDirectory(scratch)
        let bytes = bytes
        let writer = PackWriter(plan: plan, packing: packing, directory: scratch, cache: cache) { content, offset in
            BytesSource(Array((bytes[content.digest] ?? []).dropFirst(Int(offset))))
        }
        return try await writer.write(jobs: jobs)
    }

    func target(_ name: String, _ permissions: UInt16 = 0o644) -> UnpackTarget {
        UnpackTarget(path: root / name, permissions: permissions)
    }

    func read(_ name: String) throws -> [UInt8] { try FileSystem.readAll(root / name, limit: 1 << 30) }
}

final class BytesSource: ByteSource {
    private var bytes: ArraySlice<UInt8>
    init(_ bytes: [UInt8]) { self.bytes = bytes[...] }

    func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
        let part = bytes.prefix(buffer.count)
        buffer.copyBytes(from: part)
        bytes = bytes.dropFirst(part.count)
        return part.count
    }
}

final class BytesSink: ByteSink {
    private(set) var bytes: [UInt8] = []
    func write(_ more: UnsafeRawBufferPointer) { bytes.append(contentsOf: more) }
}

/// Half noise, half repetition; the same on every run.
func content(_ count: Int, seed: UInt64) -> [UInt8] {
    var state = seed &+ 0x9e37_79b9_7f4a_7c15
    return [UInt8](unsafeUninitializedCapacity: count) { buffer, used in
        for index in 0..<count {
            if index % 16 < 2 { state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407 }
            buffer[index] = UInt8(truncatingIfNeeded: state >> 40)
        }
        used = count
    }
}
