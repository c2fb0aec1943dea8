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
        var joined = JoinedPacks()
        let numbers = packs.map { joined.add(Pack($0)) }
        let coded = coded.map { one in
            let ranges = one.packs.map {
                Range(pack: joined.add(Pack($0, older: one.older.digest)), offset: 0, length: $0.unpackedBytes)
            }
            return Content(digest: one.content.digest, size: one.content.size, ranges: ranges)
        }
        // Each is made when its turn comes: 200,000 with their ranges in arrays of their own would take 20 MB.
        let planned = plan.contents.indices.lazy.map { index in
            Content(
                digest: plan.contents[index].digest, size: plan.contents[index].size,
                ranges: plan.runs(at: index).map {
                    Range(pack: numbers[$0.pack], offset: $0.offset, length: $0.length)
                })
        }
        guard !coded.isEmpty else {
            try self.init(packs: joined.packs, inOrder: planned, bases: bases, needs: needs)
            return
        }
        try self.init(packs: joined.packs, contents: Array(planned) + coded, bases: bases, needs: needs)
    }
}

extension PackIndex.Pack {
    fileprivate init(_ written: WrittenPack, older: Digest? = nil) {
        self.init(
            digest: written.digest, codec: written.codec, storedBytes: written.storedBytes,
            unpackedBytes: written.unpackedBytes, older: older)
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
