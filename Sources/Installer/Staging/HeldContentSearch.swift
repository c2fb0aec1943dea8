// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostRecords
import HostSystem
import PackStorage

/// Looks for contents that a delta needs. Nothing is believed for where it lies: a pack counts when its stored bytes have the
/// SHA-256 that the signed index of its release names, a file when its bytes are the content.
final class HeldContentSearch {
    private let layout: HostLayout
    private let hash = StreamHash()
    /// Packs that were hashed, and whether they are what they are called.
    private var proven: [Digest: Bool] = [:]
    private var lacking: [Digest: Int64]
    private var packs: [PackIndex.Pack] = []
    private var numbers: [Digest: Int] = [:]
    private var contents: [PackIndex.Content] = []
    private var segments: [Digest: HeldContents.Segment] = [:]

    init(_ needs: [PackIndex.Need], layout: HostLayout) {
        self.layout = layout
        lacking = Dictionary(needs.map { ($0.digest, $0.size) }) { first, _ in first }
    }

    func run() throws -> HeldContents {
        let releases = try releases()
        for release in releases where !lacking.isEmpty { try takePacks(of: release) }
        // Where packs were lost or damaged, what was unpacked of them may still be whole.
        for release in releases where !lacking.isEmpty { try takeFiles(of: release) }
        return HeldContents(
            index: try PackIndex(packs: packs, contents: contents), segments: segments,
            releases: Set(releases.map(\.digest)))
    }

    private struct Release {
        let directory: String
        let digest: Digest
    }

    /// Those on the disk, what serves first.
    private func releases() throws -> [Release] {
        var found: [Release] = []
        let record = try StateStore(layout: layout).load()
        if let active = record?.active { found.append(Release(directory: active.directory, digest: active.digest)) }
        found += (record?.releases ?? []).reversed().map { Release(directory: $0.directory, digest: $0.digest) }
        found += try StagedReleases(layout: layout).list().map { Release(directory: $0.directory, digest: $0.digest) }
        var seen: Set<String> = []
        return found.filter { seen.insert($0.directory).inserted }
    }

    // MARK: - Packs

    private func takePacks(of release: Release) throws {
        guard let index = index(of: release) else { return }
        for digest in lacking.keys.sorted() {
            guard let content = index.content(digest), content.size == lacking[digest],
                content.ranges.allSatisfy({ isProven(index.packs[$0.pack]) })
            else { continue }
            let ranges = content.ranges.map { range in
                PackIndex.Range(
                    pack: number(of: index.packs[range.pack]), offset: range.offset, length: range.length)
            }
            found(digest, ranges)
        }
    }

    /// The index of a release's evidence, held to the list of its bundle; nil where the evidence is not whole.
    private func index(of release: Release) -> PackIndex? {
        let evidence = layout.evidence(release.directory)
        let name = MemberName.checksums.description
        guard
            let list = try? FileSystem.readAll(
                evidence / name, limit: Limits.checksumListBytes, followLinks: false),
            let checksums = try? ChecksumList(parsing: list),
            checksums.digest(of: .manifest) == release.digest,
            let bytes = try? FileSystem.readAll(
                evidence / PackIndex.name, limit: Limits.packIndexBytes, followLinks: false),
            checksums.digest(of: .packIndex) == Digest.ofBytes(bytes),
            let index = try? PackIndex(parsing: bytes)
        else { return nil }
        return try? KeptIndex.complete(index, in: evidence)
    }

    private func isProven(_ pack: PackIndex.Pack) -> Bool {
        if let known = proven[pack.digest] { return known }
        let found = try? hash.digest(of: HostFile.openRegular(layout.packs / pack.fileName))
        proven[pack.digest] = found == pack.digest
        return found == pack.digest
    }

    // MARK: - Installed files

    private func takeFiles(of release: Release) throws {
        let evidence = layout.evidence(release.directory)
        guard
            let document = try? FileSystem.readAll(
                evidence / ManifestDocument.name, limit: Limits.manifestBytes, followLinks: false),
            Digest.ofBytes(document) == release.digest, let manifest = try? ManifestDocument.decode(document),
            let list = try? FileSystem.readAll(
                evidence / FileList.name, limit: Limits.fileListBytes, followLinks: false),
            Digest.ofBytes(list) == manifest.tree.sha256, let files = try? FileList(parsing: list)
        else { return }
        for entry in files.entries {
            guard let size = lacking[entry.digest] else { continue }
            try takeFile(layout.release(release.directory) / entry.path.text, entry.digest, size)
        }
    }

    /// The file as packs that are stored as they are, each as large as a pack may be.
    private func takeFile(_ path: HostPath, _ digest: Digest, _ size: Int64) throws {
        guard let file = try? HostFile.openRegular(path), (try? file.size()) == size else { return }
        let whole = HashingSink([])
        var parts: [(digest: Digest, segment: HeldContents.Segment)] = []
        var offset: Int64 = 0
        while offset < size {
            let length = min(size - offset, Int64(Limits.packUnpackedBytes))
            let part = HashingSink([whole])
            // What cannot be read is not here.
            guard (try? FileRange(file, offset: offset, length: length).drain(into: part)) != nil else {
                return
            }
            parts.append((part.digest, HeldContents.Segment(path: path, offset: offset, length: length)))
            offset += length
        }
        guard whole.digest == digest else { return }
        let ranges = parts.map { digest, segment in
            let pack = PackIndex.Pack(
                digest: digest, codec: .raw, storedBytes: segment.length, unpackedBytes: segment.length)
            // Whatever lies in the store under that name did not serve.
            if numbers[digest] == nil { segments[digest] = segment }
            return PackIndex.Range(pack: number(of: pack), offset: 0, length: segment.length)
        }
        found(digest, ranges)
    }

    // MARK: - All of it

    /// Contents of the releases on the disk whose packs are whole, with their sizes; empty ones left out.
    func everything() throws -> [Digest: Int64] {
        var found: [Digest: Int64] = [:]
        for release in try releases() {
            guard let index = index(of: release) else { continue }
            for content in index.contents
            where content.size > 0 && found[content.digest] == nil
                && content.ranges.allSatisfy({ isProven(index.packs[$0.pack]) })
            {
                found[content.digest] = content.size
            }
        }
        return found
    }

    // MARK: -

    private func found(_ digest: Digest, _ ranges: [PackIndex.Range]) {
        guard let size = lacking.removeValue(forKey: digest) else { return }
        contents.append(PackIndex.Content(digest: digest, size: size, ranges: ranges))
    }

    private func number(of pack: PackIndex.Pack) -> Int {
        if let known = numbers[pack.digest] { return known }
        packs.append(pack)
        numbers[pack.digest] = packs.count - 1
        return packs.count - 1
    }
}
