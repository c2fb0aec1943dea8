// SPDX-License-Identifier: Apache-2.0

/// `packs.index`: HOW the contents of a release are carried (format §9).
///
/// Contents are kept in flat arrays: 200,000 of them take 11 MB instead of 60.
package struct PackIndex: Equatable, Sendable {
    package static let name = "packs.index"
    package static let firstLine = "bundle-packs/1"

    /// How a pack is stored; the raw value stands in the index, the suffix in the member's name.
    package enum Codec: String, Codable, Sendable, CaseIterable {
        case xz, zstd, raw, delta

        package var suffix: String { self == .zstd ? "zst" : rawValue }
    }

    package struct Pack: Equatable, Sendable {
        /// SHA-256 of the stored bytes.
        package let digest: Digest
        package let codec: Codec
        package let storedBytes: Int64
        package let unpackedBytes: Int64
        /// The content that it refers to; only, and always, of the codec `delta` (format §17).
        package let older: Digest?

        package init(
            digest: Digest, codec: Codec, storedBytes: Int64, unpackedBytes: Int64, older: Digest? = nil
        ) {
            self.digest = digest
            self.codec = codec
            self.storedBytes = storedBytes
            self.unpackedBytes = unpackedBytes
            self.older = older
        }

        /// `HEX.SUFFIX`.
        package var fileName: String { "\(digest.hex).\(codec.suffix)" }
        package var member: MemberName { .pack(digest, codec) }
    }

    /// A run of unpacked bytes of one pack.
    package struct Range: Hashable, Sendable {
        /// Counted from 0 in the order of `packs`.
        package let pack: Int
        package let offset: Int64
        package let length: Int64

        package init(pack: Int, offset: Int64, length: Int64) {
            self.pack = pack
            self.offset = offset
            self.length = length
        }
    }

    package struct Content: Equatable, Sendable {
        package let digest: Digest
        package let size: Int64
        /// They concatenate to the content; empty for an empty one.
        package let ranges: [Range]

        package init(digest: Digest, size: Int64, ranges: [Range]) {
            self.digest = digest
            self.size = size
            self.ranges = ranges
        }
    }

    /// Sorted by release digest; empty for a full bundle.
    package internal(set) var bases: [Base] = []
    /// Sorted by digest; empty for a full bundle.
    package internal(set) var needs: [Need] = []
    /// In the order of the container's members.
    package internal(set) var packs: [Pack] = []
    var digests: [Digest] = []
    var sizes: [Int64] = []
    /// Content i has ranges firstRange[i] ..< firstRange[i + 1].
    var firstRange: [Int32] = [0]
    var ranges: [KeptRange] = []

    /// A range that was held against its pack, in half of the space: a pack has at most 64 MiB.
    struct KeptRange: Equatable, Sendable {
        private let pack: Int32
        private let offset: Int32
        private let length: Int32

        init(_ range: Range) {
            (pack, offset, length) = (Int32(range.pack), Int32(range.offset), Int32(range.length))
        }

        var range: Range { Range(pack: Int(pack), offset: Int64(offset), length: Int64(length)) }
    }

    init() {}

    /// Contents, bases and needs in any order.
    ///
    /// - Throws: `FormatError.badLine` naming the line that would be wrong.
    package init(packs: [Pack], contents: [Content], bases: [Base] = [], needs: [Need] = []) throws(FormatError) {
        try self.init(
            packs: packs, inOrder: contents.sorted { $0.digest < $1.digest }, bases: bases, needs: needs)
    }

    /// The same of contents that are sorted by digest.
    package init(packs: [Pack], inOrder contents: some Sequence<Content>, bases: [Base] = [], needs: [Need] = [])
        throws(FormatError)
    {
        try self.init(packs: packs, inOrder: contents, bases: bases, needs: needs, checker: PackIndexChecker())
    }

    init(
        packs: [Pack], inOrder contents: some Sequence<Content>, bases: [Base], needs: [Need],
        checker: PackIndexChecker
    ) throws(FormatError) {
        var checker = checker
        checker.expect(contents: contents.underestimatedCount)
        var line = 1
        do throws(LineFault) {
            for base in bases.sorted(by: { $0.digest < $1.digest }) {
                line += 1
                try checker.take(base)
            }
            for need in needs.sorted(by: { $0.digest < $1.digest }) {
                line += 1
                try checker.take(need)
            }
            for pack in packs {
                line += 1
                try checker.take(pack)
            }
            for content in contents {
                line += 1
                try checker.take(content)
            }
            self = try checker.finish()
        } catch {
            throw .badLine(document: PackIndex.name, line: line, error)
        }
    }

    /// Sorted by digest; made one at a time.
    package var contents: some RandomAccessCollection<Content> { sizes.indices.lazy.map { content(at: $0) } }

    package var contentCount: Int { sizes.count }

    /// - Returns: nil when no pack holds it.
    package func content(_ digest: Digest) -> Content? {
        position(of: digest).map { content(at: $0) }
    }

    package func holds(_ digest: Digest) -> Bool { position(of: digest) != nil }

    /// The one at a place of `contents`.
    package func content(at index: Int) -> Content {
        Content(
            digest: digests[index], size: sizes[index],
            ranges: ranges[Int(firstRange[index])..<Int(firstRange[index + 1])].map(\.range))
    }

    /// One range, without the others.
    package func range(_ place: Int, ofContent index: Int) -> Range { ranges[Int(firstRange[index]) + place].range }

    func position(of digest: Digest) -> Int? {
        let place = digests.partitioningIndex { $0 >= digest }
        return place < digests.endIndex && digests[place] == digest ? place : nil
    }
}
