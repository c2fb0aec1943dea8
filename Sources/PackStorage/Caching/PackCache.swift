// SPDX-License-Identifier: Apache-2.0
import BundleFormat
package import Compression
package import HostSystem
import Synchronization

/// Packs of earlier builds, so that the next one compresses only those that hold changed bytes. An entry is a pack's stored
/// bytes under `KEY.HEX`: what they follow from (`PackKey`), and their SHA-256.
///
/// Nothing is believed for its name. An entry is hashed while it is copied, the copy is decoded, and what comes out must be
/// the very slices that the pack is to hold; then the copy is used. So who writes into a cache, or a disk that rots, can
/// cost time and nothing else. No fault of a cache stops a build.
package final class PackCache: Sendable {
    /// What stays of what a build did not use.
    package static let usualLimit: Int64 = 4 << 30
    /// More than incompressible bytes can grow by in any codec.
    private static let codingBytes: Int64 = 1 << 20

    package let directory: HostPath
    private let program: String
    private let limit: Int64
    private let decoder: any StreamDecoder
    private let state = Mutex(State())

    private struct State {
        var used: Set<String> = []
        var faults: [PackCacheFault] = []
    }

    /// Makes the directory, which is the user's alone.
    ///
    /// - Parameter program: the version of this program.
    /// - Throws: `PackError.cacheOpenToOthers`, `SystemCallError`.
    package init(
        _ directory: HostPath, program: String, limit: Int64 = PackCache.usualLimit,
        decoder: any StreamDecoder = ProcessDecoder.current
    ) throws {
        try FileSystem.createDirectories(directory.parent)
        try FileSystem.createDirectory(directory, permissions: 0o700)
        guard try FileSystem.isOursAlone(directory) else { throw PackError.cacheOpenToOthers(path: directory.text) }
        self.directory = directory
        self.program = program
        self.limit = limit
        self.decoder = decoder
    }

    /// What went wrong so far; each sort once.
    package var faults: [PackCacheFault] { state.withLock(\.faults) }

    func key(_ pack: PackPlan.Pack, _ settings: CompressionSettings) -> PackKey {
        PackKey(pack, settings, program: program)
    }

    func key(_ pack: PackPlan.Pack, _ coding: String) -> PackKey { PackKey(pack, coding, program: program) }

    /// For packs on their way into the cache; one that a killed build left goes.
    ///
    /// - Returns: nil when nothing can be written there.
    func scratch() -> HeldScratch? {
        do {
            return try HeldScratch.create(in: directory)
        } catch {
            if let error = error as? SystemCallError { tell(.notKept(error)) }
            return nil
        }
    }

    /// Which of the keys have an entry, by their places in the list.
    func held(among keys: [PackKey]) -> Set<Int> {
        let names = ((try? FileSystem.list(directory)) ?? []).filter(PackCache.isName)
        let there = Set(names.map { $0.prefix(64) })
        return Set(keys.indices.filter { there.contains(keys[$0].digest.hex[...]) })
    }

    /// Copies a pack to a path where nothing is, proven.
    ///
    /// - Returns: its digest and size; nil when it is not there, or not right. Then nothing is at the path.
    func take(_ key: PackKey, _ pack: PackPlan.Pack, _ form: CompressedForm, to path: HostPath) throws -> Stored? {
        try take(key, pack, to: path) { file, storedBytes, sink in
            try decoder.decode(
                form, from: file, storedBytes: storedBytes, to: sink, unpackedBytes: pack.unpackedBytes)
        }
    }

    /// The same of a pack that refers to an older content.
    func take(_ key: PackKey, _ pack: PackPlan.Pack, against old: OldContent, to path: HostPath) throws -> Stored? {
        try take(key, pack, to: path) { file, storedBytes, sink in
            try DeltaDecoder.decode(
                from: file, storedBytes: storedBytes, old: old, to: sink, unpackedBytes: pack.unpackedBytes,
                by: decoder)
        }
    }

    private typealias Decoding = (_ file: HostFile, _ storedBytes: Int64, _ sink: any ByteSink) throws -> Void

    private func take(_ key: PackKey, _ pack: PackPlan.Pack, to path: HostPath, by decode: Decoding) throws -> Stored? {
        for name in entries(of: key) {
            do {
                guard let stored = try proven(name, pack, path, decode) else { continue }
                use(name)
                return stored
            } catch {
                _ = try? FileSystem.remove(path)
                try Task.checkCancellation()
                switch error {
                case is PackError, is CompressionError, DecoderFault.killed, DecoderFault.ended,
                    DecoderFault.disobeyed:
                    tell(.damaged(entry: name))
                    _ = try? FileSystem.remove(directory / name)
                case let error as SystemCallError: tell(.notUsed(error))
                default: throw error
                }
            }
        }
        return nil
    }

    /// Keeps a pack that was made. Files are not synced: what a power cut leaves is found out when it is to be used.
    ///
    /// - Parameter scratch: of this build, in the cache's directory.
    func keep(_ key: PackKey, _ pack: WrittenPack, scratch: HostPath) throws {
        let name = PackCache.name(key, pack.digest)
        let temporary = scratch / name
        do {
            let copy = HashingSink([try HostFile.open(temporary, .create(permissions: 0o600))])
            try HostFile.open(pack.file, .read, followLinks: false).drain(into: copy)
            try FileSystem.rename(temporary, to: directory / name)
            use(name)
        } catch let error as SystemCallError {
            _ = try? FileSystem.remove(temporary)
            tell(.notKept(error))
        }
    }

    /// Away with what was used longest ago, but nothing of this build, until the rest is below the limit.
    func prune() {
        decoder.rest()
        let used = state.withLock(\.used)
        let names = (try? FileSystem.list(directory)) ?? []
        let entries = names.filter(PackCache.isName).compactMap { name in
            ((try? FileSystem.status(directory / name)) ?? nil).map { (name, $0.modified, $0.size) }
        }
        var bytes = entries.reduce(0) { $0 + $1.2 }
        for (name, _, size) in entries.sorted(by: { ($0.1, $0.0) < ($1.1, $1.0) })
        where bytes > limit && !used.contains(name) {
            if (try? FileSystem.remove(directory / name)) == true { bytes -= size }
        }
    }

    func tell(_ fault: PackCacheFault) {
        state.withLock { state in
            if !state.faults.contains(where: { $0.isLike(fault) }) { state.faults.append(fault) }
        }
    }

    /// - Returns: nil when another build removed it meanwhile.
    private func proven(
        _ name: String, _ pack: PackPlan.Pack, _ path: HostPath, _ decode: Decoding
    ) throws -> Stored? {
        guard let status = try FileSystem.status(directory / name) else { return nil }
        let most = pack.unpackedBytes + PackCache.codingBytes
        guard status.kind == .file, status.size <= most else { throw CompressionError.tooLong(declared: most) }
        let entry = try HostFile.open(directory / name, .read, followLinks: false)
        let copy = HashingSink([try HostFile.open(path, .create(permissions: 0o600))])
        try FileRange(entry, offset: 0, length: status.size).drain(into: copy)
        let named = Digest(hex: name.suffix(64)) ?? copy.digest
        guard named == copy.digest else { throw PackError.damagedPack(pack: named, found: copy.digest, feeds: []) }
        let slices = SliceProof(pack.slices)
        try decode(try HostFile.open(path, .read, followLinks: false), copy.count, slices)
        try slices.finish()
        return Stored(digest: copy.digest, bytes: copy.count)
    }

    private func use(_ name: String) {
        state.withLock { _ = $0.used.insert(name) }
        // By its time the next prune knows that somebody wanted it.
        try? FileSystem.setModifiedNow(directory / name)
    }

    private func entries(of key: PackKey) -> [String] {
        ((try? FileSystem.list(directory)) ?? []).filter { $0.hasPrefix(key.digest.hex) && PackCache.isName($0) }
    }

    private static func name(_ key: PackKey, _ stored: Digest) -> String { "\(key.digest.hex).\(stored.hex)" }

    private static func isName(_ name: String) -> Bool {
        let parts = name.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { Digest(hex: $0) != nil }
    }

    struct Stored: Equatable {
        let digest: Digest
        let bytes: Int64
    }
}

/// What was wrong with a cache; it stops nothing. The words are in `Commands/Wording`.
package enum PackCacheFault: Equatable, Sendable {
    /// An entry was not what it is filed as; its pack was made anew.
    case damaged(entry: String)
    case notUsed(SystemCallError)
    case notKept(SystemCallError)

    func isLike(_ other: PackCacheFault) -> Bool {
        switch (self, other) {
        case (.damaged, .damaged), (.notUsed, .notUsed), (.notKept, .notKept): true
        default: false
        }
    }
}
