// SPDX-License-Identifier: Apache-2.0
import BundleFormat
import Cryptography
import HostSystem
import PackStorage

/// Makes what came coded against older contents (format §17) independent of them: each such pack becomes one that is stored as it
/// is. One segment is decoded at a time, in a confined child; the older contents lie in files meanwhile, each hashed as it was
/// unpacked.
struct DeltaSettling {
    /// With the older contents.
    let index: PackIndex
    /// Where its packs lie.
    let packs: any PackSource
    /// Ours alone; the older contents are in it while this runs.
    let scratch: HostPath
    /// What is made of a pack, for errors.
    let feeds: (PackIndex.Pack) -> [String]

    /// - Parameters:
    ///   - directory: exists; the packs are written into it, anew.
    ///   - wanted: of which contents; nil for all that came so.
    /// - Returns: where those contents lie now.
    /// - Throws: `PackError`, `SystemCallError`.
    func run(into directory: HostPath, wanted: Set<Digest>? = nil) throws -> PackIndex {
        let coded = index.contents.filter { index.isCoded($0) && wanted?.contains($0.digest) ?? true }
        let numbers = Set(coded.flatMap(\.ranges).map(\.pack)).filter { index.packs[$0].codec == .delta }
        guard !numbers.isEmpty else { return try PackIndex(packs: [], contents: []) }
        let older = scratch / "older"
        try FileSystem.removeTree(older)
        try FileSystem.createDirectory(older, permissions: 0o700)
        let digests = Set(numbers.compactMap { index.packs[$0].older })
        try PackReader(index: index, source: packs).unpackInOrder(
            Dictionary(
                uniqueKeysWithValues: digests.map {
                    ($0, [UnpackTarget(path: older / $0.hex, permissions: 0o600)])
                }))
        let made = try settle(numbers.sorted(), older, into: directory)
        try FileSystem.removeTree(older)
        var joined = JoinedPacks()
        let contents = try coded.map { content in
            try prove(content, made)
            let ranges = content.ranges.map { range in
                PackIndex.Range(
                    pack: joined.add(made[range.pack] ?? index.packs[range.pack]), offset: range.offset,
                    length: range.length)
            }
            return PackIndex.Content(digest: content.digest, size: content.size, ranges: ranges)
        }
        return try PackIndex(packs: joined.packs, contents: contents)
    }

    private func settle(_ numbers: [Int], _ older: HostPath, into directory: HostPath) throws -> [Int: PackIndex.Pack] {
        let unpacker = DeltaUnpacker(source: packs)
        defer { unpacker.rest() }
        var made: [Int: PackIndex.Pack] = [:]
        for number in numbers {
            let pack = index.packs[number]
            guard let digest = pack.older, let size = index.size(of: digest) else { continue }
            try Task.checkCancellation()
            let old = OldContent(
                digest: digest, size: size, bytes: try HostFile.open(older / digest.hex, .read, followLinks: false))
            made[number] = try unpacker.unpack(pack, against: old, into: directory, feeds: feeds(pack))
        }
        return made
    }

    /// A content that is a whole pack is known by it already; any other is hashed when it is unpacked.
    private func prove(_ content: PackIndex.Content, _ made: [Int: PackIndex.Pack]) throws {
        guard content.ranges.count == 1, let pack = made[content.ranges[0].pack], pack.unpackedBytes == content.size,
            pack.digest != content.digest
        else { return }
        throw PackError.wrongContent(
            content.digest, found: pack.digest, feeds: feeds(index.packs[content.ranges[0].pack]))
    }
}
