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
        var contents = plan.contents.enumerated().map { index, content in
            Content(
                digest: content.digest, size: content.size,
                ranges: plan.runs(at: index).map {
                    Range(pack: numbers[$0.pack], offset: $0.offset, length: $0.length)
                })
        }
        contents += coded.map { one in
            let ranges = one.packs.map {
                Range(pack: joined.add(Pack($0, older: one.older.digest)), offset: 0, length: $0.unpackedBytes)
            }
            return Content(digest: one.content.digest, size: one.content.size, ranges: ranges)
        }
        try self.init(packs: joined.packs, contents: contents, bases: bases, needs: needs)
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
