// SPDX-License-Identifier: Apache-2.0
package import BundleFormat
import Compression

extension PackIndex {
    /// The index of a plan and the packs that were made of it. Packs that came out alike are named once.
    ///
    /// - Parameters:
    ///   - packs: in the plan's order.
    ///   - coded: contents that are in none of them, but coded against older ones. Their packs stand last.
    ///   - bases: of a delta, as `needs`.
    /// - Throws: `FormatError`.
    package init(
        plan: PackPlan, packs: [WrittenPack], coded: [CodedContent] = [], bases: [Base] = [], needs: [Need] = []
    ) throws {
        var unique: [Pack] = []
        var numbers: [Digest: Int] = [:]
        let renumbered = packs.map { written in
            if let known = numbers[written.digest] { return known }
            numbers[written.digest] = unique.count
            unique.append(
                Pack(
                    digest: written.digest, codec: written.codec, storedBytes: written.storedBytes,
                    unpackedBytes: written.unpackedBytes))
            return unique.count - 1
        }
        var contents = plan.contents.enumerated().map { index, content in
            Content(
                digest: content.digest, size: content.size,
                ranges: plan.runs(at: index).map {
                    Range(pack: renumbered[$0.pack], offset: $0.offset, length: $0.length)
                })
        }
        for one in coded {
            var ranges: [Range] = []
            for written in one.packs {
                let number = numbers[written.digest] ?? unique.count
                if number == unique.count {
                    numbers[written.digest] = number
                    unique.append(
                        Pack(
                            digest: written.digest, codec: .delta, storedBytes: written.storedBytes,
                            unpackedBytes: written.unpackedBytes, older: one.older.digest))
                }
                ranges.append(Range(pack: number, offset: 0, length: written.unpackedBytes))
            }
            contents.append(Content(digest: one.content.digest, size: one.content.size, ranges: ranges))
        }
        try self.init(packs: unique, contents: contents, bases: bases, needs: needs)
    }
}

extension PackIndex.Codec {
    /// nil for a form that this version cannot decode yet.
    var form: CompressedForm? {
        switch self {
        case .xz: .xz
        case .zstd: .zstd
        case .raw: .raw
        case .delta: nil
        }
    }
}

extension PackCodec {
    var indexed: PackIndex.Codec {
        switch self {
        case .xz, .quickXZ, .extremeXZ: .xz
        case .zstd: .zstd
        case .raw: .raw
        }
    }
}
